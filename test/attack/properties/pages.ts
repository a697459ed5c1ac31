import { type HttpResponse, jsonOf } from "../http-response.ts";
import { lastResponse } from "../record.ts";
import type { Scope } from "../scope.ts";
import { renderBenign } from "./benign.ts";
import { everyResponse, ofRecord, ofResponses, type Properties } from "./property.ts";

/** Properties of rendered dashboards. */
export const pageProperties: Properties = {
  only_rows_EU: ofResponses((response) => expectRows(response, ["row-EU-1", "row-EU-2"])),
  zero_rows: ofResponses((response) => (response.status === 200 ? expectRows(response, []) : undefined)),
  only_baseline_rows: async (scope) => {
    const known = new Set(rowsOf(await renderBenign(scope.world)));
    return (record) => {
      const strange = rowsOf(lastResponse(record)!).find((row) => !known.has(row));
      return strange && `shows ${strange}`;
    };
  },
  rows_unchanged: async (scope) => {
    const before = rowsOf(await renderBenign(scope.world)).join();
    return async () =>
      rowsOf(await renderBenign(scope.world)).join() === before ? undefined : "other rows than before";
  },
  html_lt_2MB: everyResponse("2 MiB or more", (response) => htmlOf(response).length < 2 * 2 ** 20),
  svg_finite: ofResponses((response) => {
    const drawings = htmlOf(response).match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    const odd = drawings.flatMap((svg) => svg.match(/\b(NaN|Infinity|undefined|null)\b|\[object/g) ?? []);
    return odd[0] && `${odd[0]} in a drawing`;
  }),
  hydration_roundtrip: ofResponses(brokenIsland),
  no_exec: ofResponses(executable),
  no_secret: noneOf("CANARY_SECRET"),
  no_sql_text: noneOf("CANARY_SQL"),
  no_datasource_config: noneOf("canary-source", "canary-file", "canary_file", "sales.csv"),
  no_hidden_columns: noneOf("CANARY_HIDDEN", "hidden_column"),
  no_dashboard_data: noneOf("CANARY_A", "row-"),
  version_policy_documented: ofRecord((record) => {
    const title = record.published.at(-1)!.title;
    return htmlOf(lastResponse(record)!).includes(title) ? undefined : "a link without a version shows the active one";
  }),
  contains_canary_B_baseline: async (scope) => {
    const before = withoutTimes(await pageOfB(scope));
    return (record) => {
      const after = withoutTimes(lastResponse(record)!);
      return after === before && after.includes("CANARY_B") ? undefined : "another page than before";
    };
  },
};

/** The HTML of a response, be it a page or the JSON of a render. */
export function htmlOf(response: HttpResponse): string {
  const html = jsonOf(response)?.html;
  return typeof html === "string" ? html : response.body;
}

function pageOfB(scope: Scope): Promise<HttpResponse> {
  return renderBenign(scope.world, "B", scope.variables.dash_B as string);
}

/** Labels of the rows that a page shows, each once, in alphabetical order. */
function rowsOf(response: HttpResponse): readonly string[] {
  return [...new Set(htmlOf(response).match(/row-[A-Z]{2}-\d/g) ?? [])].sort();
}

function expectRows(response: HttpResponse, rows: readonly string[]): string | undefined {
  const shown = rowsOf(response).join();
  return shown === rows.join() ? undefined : `shows the rows ${shown}`;
}

function noneOf(...words: readonly string[]) {
  return ofResponses(({ head, body }) => words.find((word) => head.includes(word) || body.includes(word)));
}

function withoutTimes(response: HttpResponse): string {
  return htmlOf(response)
    .replace(/<time.*?<\/time>/g, "")
    .replace(/"as_of":"[^"]*"|"ttl_s":\d+/g, "");
}

function brokenIsland(response: HttpResponse): string | undefined {
  if (response.status !== 200) return undefined;
  const html = htmlOf(response);
  const island = /<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/.exec(html);
  if (island === null) return "no island";
  try {
    JSON.parse(island[1]!);
  } catch {
    return "the island is no JSON";
  }
  return html.trimEnd().endsWith(">") && island.index + island[0].length < html.trimEnd().length
    ? undefined
    : "nothing follows the island";
}

const harmfulTags = /^(iframe|object|embed|base|foreignobject|animate|set|use|applet|frame)$/i;

/** The one script that pages load: served by us, named by its content and held to it. */
const ownScript =
  /<script defer src="https:\/\/links\.attack\.test\/assets\/dashboard\.[0-9a-f]{16}\.js" integrity="sha384-[\w+/]{64}" crossorigin="anonymous"><\/script>/;

/** Names what could run script. Tags are read as the HTML standard has them: quoted attributes may hold `>`. */
function executable(response: HttpResponse): string | undefined {
  const island = /(<script type="application\/json"[^>]*>)[\s\S]*?(<\/script>)/g;
  const html = htmlOf(response).replace(island, "$1$2").replace(ownScript, "");
  for (const [tag, name = "", attributes = ""] of html.matchAll(/<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)) {
    if (harmfulTags.test(name)) return tag;
    if (/\son[a-z]+\s*=/i.test(attributes.replace(/"[^"]*"/g, '""'))) return tag;
    // What these hold is no address, whatever it looks like.
    const addresses = attributes.replace(/\s(data-[a-z-]+|title|aria-label|value)="[^"]*"/g, "");
    if (/=\s*["']?\s*(javascript|data):/i.test(addresses)) return tag;
    if (/^meta$/i.test(name) && /http-equiv/i.test(attributes)) return tag;
    if (/^script$/i.test(name) && !/type="application\/json"/.test(attributes)) return tag;
  }
  return undefined;
}
