import type { Step } from "../corpus.ts";
import { type HttpResponse, headerOf } from "../http-response.ts";
import { openPageReader } from "../page-reader.ts";
import type { ParsedPage } from "../parsed-page.ts";
import { type CaseRecord, judgedOutcomes } from "../record.ts";
import type { Scope } from "../scope.ts";
import { serviceAssets } from "../service-assets.ts";
import { benignTwin, injectedBy, payloadsOf } from "../twin.ts";
import { htmlOf } from "./pages.ts";
import type { Properties, Property } from "./property.ts";

/** Properties of pages with something in them that wants to be more than text. A browser judges them. */
export const injectionProperties: Properties = {
  no_exec: ofPages(async (html, _, scope) => {
    const reader = await openPageReader();
    const [harmful] = (await reader.parse(html)).harmful;
    if (harmful !== undefined) return `has ${harmful}`;
    const { calls, dialogs } = await reader.visit(html, serviceAssets(scope));
    if (calls > 0) return `its script ran ${calls} times`;
    return dialogs === 0 ? undefined : `${dialogs} dialogs`;
  }),
  no_page_egress: ofPages(async (html, _, scope) => {
    const { foreign } = await (await openPageReader()).visit(html, serviceAssets(scope));
    return foreign[0] && `asks for ${foreign[0]}`;
  }),
  text_roundtrip: ofPages(async (html, record) => {
    const { words } = await parse(html);
    const payload = payloadsOf(record).find((each) => !words.some((word) => toLines(word).includes(toLines(each))));
    return payload && `does not show ${JSON.stringify(payload)}`;
  }),
  hydration_roundtrip: ofPages(async (html, record) => brokenIsland(await parse(html), injectedBy(record))),
  html_allowlist: ofPages(async (html, record, scope) => {
    const twin = await askForTwin(scope, record);
    const usual = new Set([...markdownNames, ...(twin === undefined ? [] : (await parse(twin)).names)]);
    const strange = (await parse(html)).names.find((name) => !usual.has(name));
    return strange && `has ${strange}`;
  }),
  skeleton_same: ofPages(async (html, record, scope) => {
    const twin = await askForTwin(scope, record);
    if (twin === undefined) return "the same with a benign word gives no page";
    const [outline, wanted] = [(await parse(html)).outline, (await parse(twin)).outline];
    return outline === wanted ? undefined : `another tree: ${difference(outline, wanted)}`;
  }),
};

/** What texts may be made of, beside what is around them. */
const markdownNames = [
  ...["p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "ol[start]", "li", "pre", "code"],
  ...["strong", "em", "s", "a", "a[href]", "a[title]", "a[rel]", "table", "thead", "tbody", "tr", "th", "td"],
];

async function parse(html: string): Promise<ParsedPage> {
  return (await openPageReader()).parse(html);
}

/** A property of each page that is judged, and of the last step's only: what is refused shows nothing. */
function ofPages(problemOf: (html: string, record: CaseRecord, scope: Scope) => Promise<string | undefined>): Property {
  return (scope) => async (record) => {
    const pages = new Set(judgedOutcomes(record).flatMap(({ response }) => (isPage(response) ? htmlOf(response) : [])));
    for (const html of pages) {
      const problem = await problemOf(html, record, scope);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** A browser takes what is not JSON for a page, and a host page the HTML of a render. */
function isPage(response: HttpResponse | undefined): response is HttpResponse {
  if (response === undefined) return false;
  const isJson = /^application\/json\b/.test(headerOf(response, "content-type") ?? "");
  return !isJson || htmlOf(response) !== response.body;
}

/** As documents can hold it: no control characters (HTML standard, 13.1.3), in whose place U+FFFD stands. */
function toLines(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/(?![\t\n])\p{Cc}/gu, "\ufffd");
}

function brokenIsland({ islands }: ParsedPage, payloads: readonly string[]): string | undefined {
  if (islands.length !== 1) return `${islands.length} islands`;
  const { text, isFollowed } = islands[0]!;
  const held: string[] = [];
  try {
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === "string") held.push(value);
      return value;
    });
  } catch {
    return "the island is no JSON";
  }
  const lost = payloads.find((payload) => !held.some((each) => each.includes(payload)));
  if (lost !== undefined) return `the island does not hold ${JSON.stringify(lost)}`;
  return isFollowed ? undefined : "nothing follows the island";
}

async function askForTwin(scope: Scope, record: CaseRecord): Promise<string | undefined> {
  const own: Scope = { ...scope, variables: { ...scope.variables }, published: [], shareIds: new Map(scope.shareIds) };
  let response: HttpResponse | undefined;
  for (const step of twinSteps(record)) {
    const { outcomes } = await scope.run(own, step);
    response = outcomes.at(-1)?.response ?? response;
  }
  return response !== undefined && response.status === 200 && isPage(response) ? htmlOf(response) : undefined;
}

/** What the case did, with benign words in place of what it put in. */
function twinSteps({ steps }: CaseRecord): readonly Step[] {
  return steps.map(({ step }) => benignTwin(step));
}

function difference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `...${a.slice(from, at + 60)}... and not ...${b.slice(from, at + 60)}...`;
}
