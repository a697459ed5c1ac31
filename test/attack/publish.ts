import type { Step } from "./corpus.ts";
import { newDashboardId, writeTenantFile } from "./fixtures.ts";
import { partsToBytes } from "./parts.ts";
import type { StepRecord } from "./record.ts";
import { reshapeData } from "./reshape-data.ts";
import { request, type Scope } from "./scope.ts";
import type { StepKind } from "./steps/step-kind.ts";
import { constants, fillIn } from "./variables.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { worldKinds } from "./world-kind.ts";

/** Where the corpus' default is not of our vocabulary: files are of formats that hold one table, for one. */
const ownDefaults: Readonly<Record<string, string>> = { COLOR: "#1f5fd0", DUCKDB_FILE: "t.csv", DATASOURCE_PATH: "" };

/** A definition of a template. */
export const publish: StepKind = {
  fields: ["template", "inject"],
  worlds: (step) => (readsOthers.test(`${step.template}`) ? ["source"] : worldKinds),
  whyNot: whyNotPublished,
  run: publishStep,
};

/** Templates whose datasource reads what is not in the definition. */
const readsOthers = /^(sqlpg|duckdb|http|postgres|clickhouse|grpc)/;

/** What a connection says to a template that has one: an upstream's value, or whose secret is used. */
const ofConnections = new Set(["HTTP_JSON_VALUE", "SECRET_REF"]);

/** What is said of a chart by how many series it has. */
const ofCharts = new Set(["CHART_SERIES_COUNT"]);

/** Our schema has no place for some injections. */
function whyNotPublished({ template = "", inject = {} }: Step, { templates }: Vocabulary): string | undefined {
  if (!Object.hasOwn(templates, template)) return `there is no template ${template}`;
  const text = JSON.stringify([templates[template], templates[connectionOf(template)]]);
  const isMissing = (point: string) =>
    !text.includes(`\${${point}}`) && !(template === "chart" ? ofCharts : ofConnections).has(point);
  const missing = Object.keys(inject).find(isMissing);
  return missing === undefined ? undefined : `no field of a definition takes ${missing}`;
}

/** What a template's datasource leads to, where the case says that as well. */
const connectionOf = (template: string) => `${template}-connection`;

/** Fills a template and saves it, its connection first where it has one of its own. */
async function publishStep(scope: Scope, step: Step): Promise<StepRecord> {
  const inject: Record<string, string> = {};
  for (const point of ["SQL_CONNECTION", "OWN_CONNECTION"]) inject[point] = `${scope.variables[point]}`;
  for (const [point, value] of Object.entries(step.inject ?? {})) {
    const fill = (text: string) => fillIn(text, scope.variables);
    inject[point] =
      typeof value === "string"
        ? fill(value)
        : Buffer.concat(await Array.fromAsync(partsToBytes(value, fill))).toString();
  }
  const refused = await connect(scope, step, inject);
  if (refused !== undefined) return refused;
  const dashboardId = inject.DASHBOARD_ID ?? newDashboardId();
  const filled = fillTemplate(scope.world.vocabulary, step.template!, { ...inject, DASHBOARD_ID: dashboardId });
  const tenant = step.auth === "B" ? "B" : "A";
  const folder = tenant === "B" ? "B" : (scope.world.nameOfA ?? "A");
  const text = reshapeData(filled, inject, (name, csv) => {
    writeTenantFile(scope.world.filesDir, folder, `${dashboardId}-${name}`, csv);
    return `${dashboardId}-${name}`;
  });
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

/** Makes what the definition's connection is to be. Returns what came of it where it was refused. */
async function connect(scope: Scope, step: Step, inject: Record<string, string>): Promise<StepRecord | undefined> {
  const { HTTP_JSON_VALUE: value, SECRET_REF: secret } = inject;
  if (value !== undefined) {
    inject.OWN_CONNECTION = `${scope.variables.HTTP_CONNECTION}`;
    await scope.prepared!.answerWith("ds_http", { body: JSON.stringify([{ v: value }]) });
  } else if (secret !== undefined) {
    // A secret is a connection's: to use it is to name that.
    inject.OWN_CONNECTION = secret;
  } else return saveConnection(scope, step, inject);
  return undefined;
}

async function saveConnection(
  scope: Scope,
  step: Step,
  inject: Readonly<Record<string, string>>,
): Promise<StepRecord | undefined> {
  const name = connectionOf(step.template!);
  const { vocabulary } = scope.world;
  if (!Object.hasOwn(vocabulary.templates, name)) return undefined;
  const outcome = await request(scope, {
    method: "POST",
    path: constants.CONNECTIONS as string,
    auth: step.auth === "B" ? "B" : "A",
    headers: [["content-type", "application/json"]],
    body: [{ hex: Buffer.from(fillTemplate(vocabulary, name, inject)).toString("hex") }],
    moreScopes: "connections:write",
  });
  const status = outcome.response?.status ?? 0;
  if (status === 200) return undefined;
  return { step, outcomes: [outcome], passed: step.pass_if_status?.includes(status) ?? false };
}

function fillTemplate(
  { templates, points }: Vocabulary,
  name: string,
  inject: Readonly<Record<string, string>>,
): string {
  return JSON.stringify(templates[name]).replace(
    /("?)\$\{([A-Z_]+)\}("?)/g,
    (_, before: string, point: string, after: string) => {
      const value = inject[point] ?? ownDefaults[point] ?? points[point]?.default ?? "";
      return points[point]?.raw === true ? value : before + JSON.stringify(value).slice(1, -1) + after;
    },
  );
}
