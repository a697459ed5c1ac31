import type {
  GetDefinitionResponse,
  SaveDefinitionResponse,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { ask } from "./ask.ts";
import { CliError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { type DefinitionFile, digestOf, type LocatedProblem } from "./read-definition.ts";
import { readSaved } from "./saved.ts";
import type { Service } from "./service.ts";

/** How definitions are saved. */
export type PushOptions = {
  /** Whether drafts are written, and no versions. */
  readonly draft: boolean;
  /** Whether nothing is saved, and only told what would be. */
  readonly dryRun: boolean;
  /** Whether it is saved whatever is there. */
  readonly force: boolean;
  readonly note: string;
  /** The version that must be active; the one that is found when undefined. */
  readonly ifVersion: number | undefined;
};

/** What became of a file. */
export type PushOutcome = {
  readonly status: "created" | "updated" | "unchanged" | "failed";
  readonly code: ExitCode;
  readonly version?: number;
  readonly revision?: number;
  readonly error?: CliError;
  /** What is wrong with the definition. */
  readonly problems: readonly LocatedProblem[];
};

/** Saves the definition of a file unless that is what is saved already. Never throws what a person can mend. */
export async function pushFile(service: Service, options: PushOptions, file: DefinitionFile): Promise<PushOutcome> {
  const { definition, problems, locate } = file;
  if (definition === undefined || problems.length > 0) return { status: "failed", code: exitCodes.found, problems };
  try {
    const saved = await findSaved(service, options, definition.dashboardId);
    if (isSame(saved, definition)) {
      const { version, revision } = saved!;
      return { status: "unchanged", code: exitCodes.done, version, revision, problems: [] };
    }
    if (!options.force) refuseLoss(saved);
    const status = saved === undefined ? "created" : "updated";
    if (options.dryRun) return dryRun(service, status, file, definition);
    const { version, revision } = await save(service, options, saved, definition);
    return { status, code: exitCodes.done, version, revision, problems: [] };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const found = isOfDefinition(error) ? locate(error.details) : [];
    const code = found.length > 0 ? exitCodes.found : error.code;
    return { status: "failed", code, error: explain(error, options), problems: found };
  }
}

/** Where there is no draft yet, the active version is what a draft would change. */
async function findSaved(service: Service, { draft }: PushOptions, id: string) {
  return (draft ? await readSaved(service, id, true) : undefined) ?? (await readSaved(service, id, false));
}

function isSame(saved: GetDefinitionResponse | undefined, definition: Definition): boolean {
  return saved !== undefined && saved.status !== "archived" && saved.digest === digestOf(definition);
}

/** Throws where a save would do more than it says. */
function refuseLoss(saved: GetDefinitionResponse | undefined): void {
  if (saved?.status === "archived") {
    throw new CliError(exitCodes.refused, "the dashboard is archived: --force brings it back", { reason: "ARCHIVED" });
  }
  if (saved !== undefined && saved.unknownFields.length > 0) {
    const fields = saved.unknownFields.join(", ");
    throw new CliError(exitCodes.refused, `a later release saved ${fields}, which would be lost: --force does it`, {
      reason: "UNKNOWN_FIELDS",
    });
  }
}

async function dryRun(
  { client }: Service,
  status: PushOutcome["status"],
  { locate }: DefinitionFile,
  { dashboardId, layout, datasources, filters }: Definition,
): Promise<PushOutcome> {
  const { problems } = await ask(() =>
    client.validateDefinition({ dashboardId, datasources, filters, ...(layout && { layout }) }),
  );
  if (problems.length === 0) return { status, code: exitCodes.done, problems: [] };
  return { status: "failed", code: exitCodes.found, problems: locate(problems) };
}

/** Saves only over what was found, so that nobody's change is lost that came meanwhile. */
function save(
  { client }: Service,
  { draft, force, note, ifVersion }: PushOptions,
  saved: GetDefinitionResponse | undefined,
  { dashboardId, layout, datasources, filters }: Definition,
): Promise<SaveDefinitionResponse> {
  const isDraft = saved?.status === "draft";
  const found = draft ? { expectedRevision: isDraft ? saved.revision : 0 } : { expectedVersion: saved?.version ?? 0 };
  return ask(() =>
    client.saveDefinition({
      dashboardId,
      datasources,
      filters,
      draft,
      note,
      ...(layout && { layout }),
      ...(!force && found),
      ...(ifVersion !== undefined && { expectedVersion: ifVersion }),
    }),
  );
}

function isOfDefinition({ reason, details }: CliError): boolean {
  const ofDefinition = ({ field }: FieldProblem) => /^(dashboard_id|layout|datasources|filters|$)/.test(field);
  return reason === "INVALID_REQUEST" && details.length > 0 && details.every(ofDefinition);
}

function explain(error: CliError, { ifVersion }: PushOptions): CliError {
  if (error.reason !== "STALE_VERSION") return error;
  const message =
    ifVersion === undefined
      ? "somebody saved it meanwhile: see `dashboards diff`, then push again"
      : `version ${ifVersion} is not the active one any more: see \`dashboards diff\``;
  return new CliError(error.code, message, { reason: error.reason, requestId: error.requestId });
}
