import { readFileSync } from "node:fs";
import type { Step } from "./corpus.ts";
import { newDashboardId, writeTenantFile } from "./fixtures.ts";
import { partsToBytes } from "./parts.ts";
import type { StepRecord } from "./record.ts";
import { request, type Scope } from "./scope.ts";
import { constants, fillIn } from "./variables.ts";

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

const templates = read("./templates.json") as Readonly<Record<string, object>>;

const { points } = read("./cases/points.json") as {
  points: Readonly<Record<string, { readonly default: string; readonly raw?: boolean }>>;
};

/** Where the corpus' default is not of our vocabulary: files are of formats that hold one table, for one. */
const ownDefaults: Readonly<Record<string, string>> = { UNIT: "number", DUCKDB_FILE: "t.csv", DATASOURCE_PATH: "" };

/** More rows than a definition may hold stand in a file, as a tenant would have them. */
const maxInlineRows = 10_000;

/** Returns why a step cannot be published, undefined if it can: our schema has no place for some injections. */
export function whyNotPublished({ template = "", inject = {} }: Step): string | undefined {
  if (!Object.hasOwn(templates, template)) return `there is no template ${template} yet`;
  const text = JSON.stringify([templates[template], templates[connectionOf(template)]]);
  const missing = Object.keys(inject).find((point) => !text.includes(`\${${point}}`));
  return missing === undefined ? undefined : `no field of a definition takes ${missing}`;
}

/** What a template's datasource leads to, where the case says that as well. */
const connectionOf = (template: string) => `${template}-connection`;

/** Fills a template and saves it, its connection first where it has one of its own. */
export async function publish(scope: Scope, step: Step): Promise<StepRecord> {
  const inject: Record<string, string> = {};
  for (const point of ["SQL_CONNECTION", "OWN_CONNECTION"]) inject[point] = `${scope.variables[point]}`;
  for (const [point, value] of Object.entries(step.inject ?? {})) {
    const fill = (text: string) => fillIn(text, scope.variables);
    inject[point] =
      typeof value === "string"
        ? fill(value)
        : Buffer.concat(await Array.fromAsync(partsToBytes(value, fill))).toString();
  }
  const refused = await saveConnection(scope, step, inject);
  if (refused !== undefined) return refused;
  const dashboardId = inject.DASHBOARD_ID ?? newDashboardId();
  const filled = fillTemplate(step.template!, { ...inject, DASHBOARD_ID: dashboardId });
  const text = moveRowsToFile(filled, inject.CHART_ROWS, dashboardId, scope);
  const tenant = step.auth === "B" ? "B" : "A";
  const outcome = await request(scope, {
    method: "POST",
    path: constants.DEFS as string,
    auth: tenant,
    headers: [["content-type", "application/json"]],
    // As bytes: a payload that looks like a variable is none.
    body: [{ hex: Buffer.from(text).toString("hex") }],
  });
  const status = outcome.response?.status ?? 0;
  if (step.save !== undefined) scope.variables[step.save] = dashboardId;
  if (status === 200) scope.published.push({ tenant, dashboardId, title: inject.DASH_TITLE ?? "" });
  return { step, outcomes: [outcome], passed: step.pass_if_status?.includes(status) ?? false };
}

/** Returns what came of it where it was refused. */
async function saveConnection(
  scope: Scope,
  step: Step,
  inject: Readonly<Record<string, string>>,
): Promise<StepRecord | undefined> {
  const name = connectionOf(step.template!);
  if (!Object.hasOwn(templates, name)) return undefined;
  const outcome = await request(scope, {
    method: "POST",
    path: constants.CONNECTIONS as string,
    auth: step.auth === "B" ? "B" : "A",
    headers: [["content-type", "application/json"]],
    body: [{ hex: Buffer.from(fillTemplate(name, inject)).toString("hex") }],
    moreScopes: "connections:write",
  });
  const status = outcome.response?.status ?? 0;
  if (status === 200) return undefined;
  return { step, outcomes: [outcome], passed: step.pass_if_status?.includes(status) ?? false };
}

function fillTemplate(name: string, inject: Readonly<Record<string, string>>): string {
  return JSON.stringify(templates[name]).replace(
    /("?)\$\{([A-Z_]+)\}("?)/g,
    (_, before: string, point: string, after: string) => {
      const value = inject[point] ?? ownDefaults[point] ?? points[point]!.default;
      return points[point]?.raw === true ? value : before + JSON.stringify(value).slice(1, -1) + after;
    },
  );
}

function moveRowsToFile(text: string, rows: string | undefined, dashboardId: string, scope: Scope): string {
  if (rows === undefined || rows.split("],").length <= maxInlineRows) return text;
  const name = `${dashboardId}.csv`;
  const cells = JSON.parse(rows) as unknown[][];
  writeTenantFile(scope.world.filesDir, "A", name, ["x,y", ...cells.map((row) => row.join(","))].join("\n"));
  const definition = JSON.parse(text) as { datasources: Record<string, unknown>[] };
  const [first] = definition.datasources;
  delete first!.inline;
  first!.duckdb = { files: [{ path: name, name: "f" }], query: "select x, y from f order by x" };
  return JSON.stringify(definition);
}
