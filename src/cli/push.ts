import { type CliError, errorToJson, usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes, worst } from "./exit-code.ts";
import { problemToJson, sayProblems, sortProblems } from "./problem-report.ts";
import { showProgress } from "./progress.ts";
import { type PushOptions, type PushOutcome, pushFile } from "./push-file.ts";
import type { DefinitionFile } from "./read-definition.ts";
import { readDefinitions } from "./read-definitions.ts";
import type { Terminal } from "./terminal.ts";
import type { Tools } from "./tools.ts";

/**
 * Saves the definitions that differ from what is saved, one after the other, and goes on after one that fails;
 * all that failed is listed at the end.
 */
export async function push(
  { terminal, connect }: Tools,
  options: PushOptions,
  paths: readonly string[],
): Promise<ExitCode> {
  const files = await readDefinitions(paths, terminal);
  if (options.ifVersion !== undefined && files.length > 1) {
    throw usageError("--if-version goes with a single file: each dashboard has versions of its own");
  }
  const service = await connect();
  const progress = showProgress(terminal, files.length, options.dryRun ? "checking" : "saving");
  const failed: { file: DefinitionFile; outcome: PushOutcome }[] = [];
  let tried = 0;
  for (const file of files) {
    const outcome = await pushFile(service, options, file);
    tried += 1;
    progress.say(() => print(file, outcome, options, terminal));
    progress.step();
    if (outcome.code !== exitCodes.done) failed.push({ file, outcome });
    if (isHopeless(outcome.error)) break;
  }
  progress.end();
  listFailures(failed, terminal);
  if (tried < files.length) terminal.note(`the other ${files.length - tried} would fail in the same way: not tried`);
  return worst(failed.map(({ outcome }) => outcome.code));
}

/** Whether whatever comes next fails, too. */
function isHopeless(error: CliError | undefined): boolean {
  const ofAll = ["UNAUTHENTICATED", "SCOPE_MISSING", "TOKEN_NARROWED", "TENANT_SUSPENDED"];
  return error !== undefined && (error.code === exitCodes.unreachable || ofAll.includes(error.reason ?? ""));
}

function print(file: DefinitionFile, outcome: PushOutcome, { draft, dryRun }: PushOptions, terminal: Terminal): void {
  const { status, version, revision, error, problems } = outcome;
  const number = draft ? `revision ${revision}` : `version ${version}`;
  const done = dryRun || status === "unchanged" ? "" : `, ${number}`;
  const words = `${file.path}: ${dryRun && status !== "unchanged" ? "would be " : ""}${status}${done}`;
  const json = {
    file: file.path,
    dashboard_id: file.dashboardId,
    status,
    ...(version !== undefined && { version }),
    ...(revision !== undefined && { revision }),
    ...(dryRun && { dry_run: true }),
    ...(error !== undefined && { error: errorToJson(error) }),
    ...(problems.length > 0 && { problems: sortProblems(problems).map(problemToJson) }),
  };
  terminal.result(json, status === "failed" ? "" : words);
}

function listFailures(failed: readonly { file: DefinitionFile; outcome: PushOutcome }[], terminal: Terminal): void {
  for (const { file, outcome } of failed) {
    sayProblems(file, outcome.problems, terminal);
    if (outcome.problems.length > 0) continue;
    terminal.say(`${file.path}: ${outcome.error?.message} (${outcome.error?.reason ?? "not reached"})`);
  }
  if (failed.length > 0) terminal.say(`${failed.length} not saved`);
}
