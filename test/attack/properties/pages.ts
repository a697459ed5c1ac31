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
  no_secret: noneOf("CANARY_SECRET"),
  no_sql_text: noneOf("CANARY_SQL"),
  no_datasource_config: noneOf("canary-source", "canary-file", "canary_file", "sales.csv"),
  no_hidden_columns: noneOf("CANARY_HIDDEN", "hidden_column"),
  no_dashboard_data: noneOf("CANARY_A", "row-"),
  only_this_dashboard: ofResponses(({ body }) => {
    const canaries = new Set(body.match(/CANARY_\w+/g) ?? []);
    return [...canaries].join() === "CANARY_A" ? undefined : `shows ${[...canaries]}`;
  }),
  truncation_notice: everyResponse("no panel says that rows were cut", (response) =>
    /Only the first [\d.,\s]+ rows/.test(htmlOf(response)),
  ),
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
