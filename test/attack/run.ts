/**
 * Runs attacks: `npm run -s attack -- [--cases DIR] [--groups 01,09] [--only ID]`. Every failure is printed with what was
 * sent and what was seen; the last line counts. Exits with 1 where anything has failed, with 2 where it cannot start.
 */
import { type Plan, planRuns, type Run } from "./plan.ts";
import { type CaseResult, problemsOfLog } from "./results.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";
import { readWanted } from "./wanted.ts";
import { worldKinds } from "./world-kind.ts";
import { worlds } from "./worlds.ts";

/** How often progress is told. */
const progressMs = 10_000;

try {
  const { folder, cases } = readWanted(process.argv.slice(2));
  const vocabulary = readVocabulary(folder);
  process.exitCode = (await runAll(planRuns(cases, vocabulary), vocabulary)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

/** Runs a plan, world after world. Returns whether nothing has failed. */
async function runAll({ runs, leftOut }: Plan, vocabulary: Vocabulary): Promise<boolean> {
  const results = new Map<string, CaseResult[]>();
  const problems: string[] = [];
  for (const kind of worldKinds) {
    const here = runs.filter(({ world }) => world === kind);
    if (here.length === 0) continue;
    console.log(`${kind}: ${here.length} cases`);
    problems.push(...(await runWorld(here, vocabulary, results)).map((problem) => `the world ${kind}: ${problem}`));
  }
  return report({ runs, leftOut }, results, problems);
}

async function runWorld(
  runs: readonly Run[],
  vocabulary: Vocabulary,
  results: Map<string, CaseResult[]>,
): Promise<readonly string[]> {
  const byId = new Map(runs.map((run) => [run.attack.id, run]));
  let done = 0;
  const timer = setInterval(() => console.log(`  ${done} of ${runs.length}`), progressMs);
  const tell = (result: CaseResult) => {
    done += 1;
    const { of, attack } = byId.get(result.id)!;
    results.set(of, [...(results.get(of) ?? []), result]);
    if (result.verdict === "failed")
      console.log(`\nFAILED ${attack.id} ${attack.name}\n${indent(`${result.problem}`)}\n`);
  };
  try {
    const cases = runs.map(({ attack }) => attack);
    const end = await worlds[runs[0]!.world]!.run(cases, { vocabulary, thorough: true }, tell);
    return [
      ...problemsOfLog(end).map((line) => `the log has ${line}`),
      ...end.unseen.map((contact) => `nobody saw a contact with ${contact}`),
    ];
  } catch (error) {
    const problem = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
    console.log(`\nFAILED: this world has broken down\n${indent(problem)}\n`);
    return [problem];
  } finally {
    clearInterval(timer);
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

/** Prints what came of each case, each case once: it has passed where it has in all its worlds. */
function report(
  { runs, leftOut }: Plan,
  results: ReadonlyMap<string, CaseResult[]>,
  problems: readonly string[],
): boolean {
  const wanted = Map.groupBy(runs, ({ of }) => of);
  const failed: string[] = [];
  const tolerated: string[] = [];
  for (const [id, own] of wanted) {
    const told = results.get(id) ?? [];
    const { attack } = own[0]!;
    // What has no result did not run: its world has broken.
    if (told.length < own.length || told.some(({ verdict }) => verdict === "failed"))
      failed.push(`${id} ${attack.name}`);
    else if (told.some(({ verdict }) => verdict === "tolerated")) tolerated.push(`${id} ${attack.name}`);
  }
  const lines = (disputed: boolean) =>
    leftOut
      .filter((each) => each.disputed === disputed)
      .map(({ attack, reason }) => `${attack.id} ${attack.name}: ${reason}`);
  const [disputed, skipped] = [lines(true), lines(false)];
  list("failed", [...failed, ...problems]);
  list("tolerated (passed, to be decided on)", tolerated);
  list("disputed", disputed);
  list("skipped", skipped);
  console.log(`\n${tolerated.length} of those that passed are tolerated; ${disputed.length} more are disputed`);
  const failures = failed.length + problems.length;
  console.log(`${wanted.size - failed.length} passed, ${failures} failed, ${skipped.length} skipped`);
  return failures === 0;
}

function list(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
