import { readFile } from "node:fs/promises";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionToFileJson, definitionToYaml } from "../definition/file-text.ts";
import { ask } from "./ask.ts";
import { CliError, usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { PullOptions } from "./pull.ts";
import { digestOf, parseDefinition } from "./read-definition.ts";
import { readSaved } from "./saved.ts";
import { schemaLine } from "./schema-file.ts";
import type { Service } from "./service.ts";
import { writeWhole } from "./write-file.ts";

/** What became of a dashboard. */
export type PullOutcome = {
  readonly path: string | undefined;
  readonly status: "created" | "updated" | "unchanged" | "failed";
  readonly code: ExitCode;
  readonly version?: number;
  readonly error?: CliError;
  /** Where a later release saved something that is not in the file. */
  readonly unknownFields?: readonly string[];
};

/** Writes what is saved of a dashboard to its file. Throws an error for whoever runs the command. */
export async function pullDashboard(
  service: Service,
  { to, draft, force }: PullOptions,
  id: string,
  path: string,
): Promise<PullOutcome> {
  const saved = (draft ? await readSaved(service, id, true) : undefined) ?? (await readSaved(service, id, false));
  if (saved?.definition === undefined) {
    throw new CliError(exitCodes.refused, "there is no such dashboard, or no version of it was ever saved");
  }
  const { version, definition, digest, unknownFields } = saved;
  // A push of the file would save another dashboard than the one that was asked for.
  if (definition.dashboardId !== id)
    throw new CliError(exitCodes.unreachable, "the service answered another dashboard");
  const there = await readIfThere(path);
  const file = there === undefined ? undefined : parseDefinition(path, there);
  // Another's file is not written over, whatever else is forced.
  if (file !== undefined && file.dashboardId !== id && file.dashboardId !== "") {
    throw usageError(`${path} defines the dashboard ${file.dashboardId}: move it away first`);
  }
  const isThere = file?.definition !== undefined && file.problems.length === 0;
  if (isThere && digestOf(file.definition) === digest) {
    return { path, status: "unchanged", code: exitCodes.done, version };
  }
  if (there !== undefined && !force && !(await isAsPulled(service, path, to, there, file?.definition))) {
    throw new CliError(exitCodes.found, `${path} has changes of its own: push or move them, or pull with --force`);
  }
  await writeWhole(path, toText(definition, path, to));
  return { path, status: there === undefined ? "created" : "updated", code: exitCodes.done, version, unknownFields };
}

/** Whether a file is, to the letter, what an earlier pull wrote: then nothing of anybody's is lost with it. */
async function isAsPulled(
  { client }: Service,
  path: string,
  folder: string,
  text: string,
  definition: Definition | undefined,
): Promise<boolean> {
  if (definition === undefined || toText(definition, path, folder) !== text) return false;
  const { dashboardId } = definition;
  const digest = digestOf(definition);
  let pageToken = "";
  do {
    const page = await ask(() => client.listVersions({ dashboardId, pageSize: 500, pageToken }));
    if (page.versions.some((version) => version.digest === digest)) return true;
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return false;
}

function toText(definition: Definition, path: string, folder: string): string {
  if (/\.json$/i.test(path)) return definitionToFileJson(definition);
  return schemaLine(path, folder) + definitionToYaml(definition);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw usageError(`${path} cannot be read`, cause);
  }
}
