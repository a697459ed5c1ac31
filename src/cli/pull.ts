import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ask } from "./ask.ts";
import { CliError, errorToJson, usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes, worst } from "./exit-code.ts";
import { findFiles } from "./find-files.ts";
import { showProgress } from "./progress.ts";
import { type PullOutcome, pullDashboard } from "./pull-dashboard.ts";
import { readDefinitionFile } from "./read-definition.ts";
import { readSchema, schemaName } from "./schema-file.ts";
import type { Service } from "./service.ts";
import type { Terminal } from "./terminal.ts";
import type { Tools } from "./tools.ts";
import { writeWhole } from "./write-file.ts";

/** How dashboards are pulled. */
export type PullOptions = {
  /** The folder. */
  readonly to: string;
  /** Whether drafts are wanted where there are some. */
  readonly draft: boolean;
  /** Whether files with changes of their own are written over. */
  readonly force: boolean;
};

/** Ids become names of files: what a service says must not lead out of the folder. */
const dashboardId = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** Writes what is saved to files, and the schema beside them. Files that somebody has changed stay as they are. */
export async function pull(
  { terminal, connect }: Tools,
  options: PullOptions,
  ids: readonly string[],
): Promise<ExitCode> {
  const { to } = options;
  const service = await connect();
  const wanted = ids.length > 0 ? [...new Set(ids)] : await listIds(service, options.draft);
  const odd = wanted.find((id) => !dashboardId.test(id));
  if (odd !== undefined) throw usageError(`${JSON.stringify(odd)} is no dashboard's id, and would name no file here`);
  const pathOf = await readFolder(to);
  await writeWhole(join(to, schemaName), await readSchema());
  const progress = showProgress(terminal, wanted.length, "pulling");
  const codes: ExitCode[] = [];
  for (const id of wanted) {
    const outcome = await tryPull(service, options, id, pathOf.get(id));
    progress.say(() => print(id, outcome, terminal));
    progress.step();
    codes.push(outcome.code);
    if (outcome.code === exitCodes.unreachable) break;
  }
  progress.end();
  return worst(codes);
}

function print(id: string, outcome: PullOutcome, terminal: Terminal): void {
  const { path, status, version, error, unknownFields = [] } = outcome;
  const number = version === undefined ? "" : `, version ${version}`;
  const json = { dashboard_id: id, file: path, status, ...(version !== undefined && { version }) };
  terminal.result({ ...json, ...(error && { error: errorToJson(error) }) }, error ? "" : `${path}: ${status}${number}`);
  if (error) terminal.say(`${id}: ${error.message}`);
  if (unknownFields.length > 0) {
    terminal.note(`${path} is without ${unknownFields.join(", ")}, which a later release saved`);
  }
}

async function tryPull(
  service: Service,
  options: PullOptions,
  id: string,
  path: string | undefined,
): Promise<PullOutcome> {
  try {
    return await pullDashboard(service, options, id, path ?? join(options.to, `${id}.yaml`));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { path, status: "failed", code: error.code, error };
  }
}

async function listIds({ client }: Service, draft: boolean): Promise<readonly string[]> {
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = await ask(() => client.listDefinitions({ pageSize: 500, pageToken }));
    ids.push(...page.definitions.filter(({ status }) => draft || status === "active").map((one) => one.dashboardId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return ids;
}

/** Returns which file of a folder defines which dashboard, and makes the folder where it is not there. */
async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw usageError(`${folder} cannot be made, or is no folder`, cause);
  }
  const pathOf = new Map<string, string>();
  for (const found of await findFiles([folder])) {
    const file = await readDefinitionFile(found);
    if (file !== undefined && file.dashboardId !== "") pathOf.set(file.dashboardId, file.path);
  }
  return pathOf;
}
