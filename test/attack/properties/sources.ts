import type { Around } from "../around/around.ts";
import { defaultRows, type SeenRequest } from "../around/http-upstream.ts";
import { upstreamHost } from "../around/names.ts";
import { type CaseRecord, lastResponse } from "../record.ts";
import type { Scope } from "../scope.ts";
import { htmlOf } from "./pages.ts";
import { ofRecord, ofResponses, type Properties, type Property } from "./property.ts";
import { unchanged } from "./state.ts";

/** Properties of pages whose rows come from elsewhere. */
export const sourcePageProperties: Properties = {
  rows_present: ofRecord((record, { prepared }) => {
    const cells = cellsOf(htmlOf(lastResponse(record)!));
    const { upstream } = prepared ?? {};
    if (upstream === undefined) return cells.some((cell) => /^row-/.test(cell)) ? undefined : "no rows";
    const wanted = valuesOf(upstream.current().body?.toString() ?? defaultRows);
    const missing = wanted.find((value) => !cells.includes(value));
    return wanted.length > 0 && missing === undefined ? undefined : "rows that are not shown";
  }),
  rows_le_limit: ofResponses((response) => {
    const tables = htmlOf(response).split("<table");
    const rows = Math.max(0, ...tables.map((table) => table.match(/<tr\b/g)?.length ?? 0));
    // The head is one as well.
    return rows <= shownRows + 1 ? undefined : `${rows} rows`;
  }),
  numbers_exact: ofResponses((response) => {
    const shown = cellsOf(htmlOf(response)).map((cell) => cell.toLowerCase().replace(/<[^>]*>|[, \u00a0\u202f]/g, ""));
    const inexact = exactNumbers.find((ways) => !ways.some((way) => shown.includes(way)));
    return inexact && `no cell says ${inexact[0]}`;
  }),
  no_data: ofResponses(({ body }) => (body.includes("row-UP") ? "rows of the upstream" : undefined)),
  no_paths: ({ world }) =>
    ofResponses(({ body }) => {
      const folder = world.around?.folders.find((each) => body.includes(each));
      return folder ?? systemPath.exec(body)?.[1];
    })({ world } as Scope),
  upstream_asked: ofRecord(({ steps }, { prepared }) => {
    const lies = steps.some(({ step }) => step.do === "sink");
    return lies && prepared!.timesAsked() === 0 ? "the upstream that lies was never asked" : undefined;
  }),
  no_address: ofResponses(({ body }) => address.exec(body)?.[0]),
  panel_error_notice: ofResponses((response) =>
    /"error":"source_\w+"/.test(response.body) && /<p class="dj-empty"><b>[^<]+<\/b>/.test(htmlOf(response))
      ? undefined
      : "no panel says that it failed",
  ),
  other_panels_present: ofResponses((response) => {
    const rows = new Set(htmlOf(response).match(/row-(EU|US|IN)-\d/g) ?? []);
    return rows.size === 4 ? undefined : `shows ${rows.size} of 4 rows`;
  }),
};

/** Properties of the systems that dashboards read. */
export const sourceProperties: Properties = {
  sink_path_safe: usualRequests((request, record) => {
    const prefix = templatedPath(record);
    const segments = decode(request.path.split("?")[0]!).split(/[/\\]/);
    const leaves = (prefix !== undefined && !request.path.startsWith(prefix)) || segments.includes("..");
    return leaves ? `was asked for ${request.path}` : undefined;
  }),
  sink_headers_safe: usualRequests(({ headers }) => {
    const values = (name: string) => headers.flatMap(([each, value]) => (each === name ? [value] : []));
    if (values("host").join() !== upstreamHost) return `the host ${values("host")}`;
    const strange = headers.find(([name, value]) => forbiddenHeaders.has(name) || /eyJ[\w-]{8,}/.test(value));
    if (strange !== undefined) return `the header ${strange[0]}`;
    return /^(keep-alive|close)?$/i.test(values("connection").join()) ? undefined : "a connection header of the case";
  }),
  no_auth_forwarded: usualRequests(({ headers }) => {
    const host = headers.find(([name]) => name === "host")?.[1];
    const told = headers.find(([name]) => /^(proxy-)?authorization$|^cookie$/.test(name));
    return host !== upstreamHost && told !== undefined ? `${told[0]} was sent to ${host}` : undefined;
  }),
  sink_connections_le_30: ofRecord((_, { prepared }) => {
    const connections = prepared!.upstream!.connections();
    return connections >= 1 && connections <= 30 ? undefined : `${connections} connections`;
  }),
  pool_clean: async (scope) => {
    const around = aroundOf(scope);
    const connection = scope.prepared!.variables.SQL_CONNECTION as string;
    // Before it runs, a case does not say which it is about; only some have a connection.
    const before = {
      sql: await around.readSettings({ connection }).catch(() => "unreadable"),
      duckdb: await around.readSettings("duckdb"),
    };
    return async ({ attack }) => {
      const ofSql = attack.steps.some(({ template }) => template === "sqlpg");
      const [was, is] = ofSql
        ? [before.sql, await around.readSettings({ connection })]
        : [before.duckdb, await around.readSettings("duckdb")];
      return is === was ? undefined : `the session was ${was} and is ${is}`;
    };
  },
  lock_held: unchanged("settings of the engine changed", (scope) => aroundOf(scope).readSettings("duckdb_settings")),
};

/** Rows of a table that are shown at most. */
const shownRows = 1_000;

/** What pg-059 selects, each number in the ways in which its digits can be written. */
const exactNumbers = [["9007199254740993"], ["0.000000000000000000000000000001", "1e-30"]];

const systemPath = /(?:^|[\s"'>=(])(\/(?:etc|proc|home|root|usr|var|tmp|opt|srv|dev)\/\S*)/;

const address = /\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,}|\b[\w-]+\.test\b/i;

/** What frames a message, what the case wants to smuggle in, and what clouds take for permission. */
const forbiddenHeaders = new Set([
  ...["x-injected", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authorization", "proxy-connection"],
  ...["metadata-flavor", "x-aws-ec2-metadata-token", "x-secret"],
]);

function aroundOf({ world }: Scope): Around {
  if (world.around === undefined) throw new Error("this world has no other systems");
  return world.around;
}

/** A property of each request that the upstream at the usual place gets during the case. */
function usualRequests(problemOf: (request: SeenRequest, record: CaseRecord) => string | undefined): Property {
  return (scope) => {
    const { usualRequests: seen } = aroundOf(scope);
    const before = seen.length;
    return (record) => {
      for (const request of seen.slice(before)) {
        const problem = problemOf(request, record);
        if (problem !== undefined) return problem;
      }
      return undefined;
    };
  };
}

/** What the path of a case's address says before the first placeholder. */
function templatedPath({ attack }: CaseRecord): string | undefined {
  const inject = attack.steps.find(({ template }) => template === "http")?.inject ?? {};
  const base = /^https?:\/\/[^/]*(\/.*)$/.exec(`${inject.DS_URL}`)?.[1];
  return base === undefined ? undefined : `${base}${inject.DATASOURCE_PATH ?? ""}`.split(/\{\{|:/)[0];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every value of an upstream's rows. */
function valuesOf(json: string): readonly string[] {
  const rows = JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
  return rows.flatMap((row) => Object.values(row).map(String));
}

function cellsOf(html: string): readonly string[] {
  return [...html.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map((match) => match[1]!);
}
