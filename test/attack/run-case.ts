import type { Case, Expectation } from "./corpus.ts";
import { jsonOf } from "./http-response.ts";
import { findProperty, universalProperties } from "./properties/table.ts";
import { type CaseRecord, judgedOutcomes, type Outcome, type StepRecord } from "./record.ts";
import { createScope, type Scope } from "./scope.ts";
import { shorten } from "./shown.ts";
import { runStep } from "./steps.ts";
import type { World } from "./world.ts";

/** What came of a case that did not fail: tolerated ones are passed, and to be decided on. */
export type Verdict = "passed" | "tolerated";

/** What is wrong with the answers of a case. */
class CaseError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], story: string) {
    super([...new Set(problems), story].filter((text) => text !== "").join("\n"));
    this.problems = problems;
  }
}

/** Whether a property is one of speed, of which other work on the machine takes its share. */
export function isOfSpeed(property: string): boolean {
  return /^(lat_lt_\d+|\w*p99_\w*lt_\d+\w*|timing_indistinct|goodput_ge_\d+pct|shed_fast_lt_\d+)$/.test(property);
}

/**
 * Runs a case and judges it. Throws an Error that lists everything that is wrong. A case that is too slow and
 * nothing else has a second try.
 */
export async function runCase(world: World, attack: Case): Promise<Verdict> {
  try {
    return await runOnce(world, attack);
  } catch (error) {
    if (!(error instanceof CaseError && error.problems.every(isTooSlow))) throw error;
    console.log(`again, because it was slow: ${attack.id} ${error.problems}`);
    return runOnce(world, attack);
  }
}

/** A service that did costly work a moment ago refuses some of what then comes all at once. */
function isTooSlow(problem: string): boolean {
  const isOverloaded = problem.startsWith("answers 503 ") && problem.includes('"OVERLOADED"');
  return isOverloaded || isOfSpeed(problem.split(":", 1)[0]!) || problem.startsWith("alive: a benign render took ");
}

async function runOnce(world: World, attack: Case): Promise<Verdict> {
  const scope = await createScope(world, attack, runStep);
  try {
    return await runAndJudge(scope, attack);
  } finally {
    for (const undo of scope.atEnd.toReversed()) await undo();
  }
}

async function runAndJudge(scope: Scope, attack: Case): Promise<Verdict> {
  const judges = new Map(
    await Promise.all(
      [
        ...attack.expect.props.map((name) => [name, findProperty(name)!] as const),
        // Last, since looking for life asks the service.
        ...Object.entries(universalProperties),
      ].map(async ([name, property]) => [name, await property(scope)] as const),
    ),
  );
  const problems: string[] = [];
  const steps: StepRecord[] = [];
  let refusedEarly = false;
  for (const step of attack.steps) {
    const record = await runStep(scope, step);
    steps.push(record);
    refusedEarly = record.passed === true;
    if (refusedEarly) break;
    if (step.expect !== undefined)
      problems.push(...record.outcomes.flatMap((outcome) => unexpected(outcome, step.expect!).problem ?? []));
  }
  const record: CaseRecord = { attack, steps, published: scope.published };
  const expected = refusedEarly ? [] : judgedOutcomes(record).map((outcome) => unexpected(outcome, attack.expect));
  problems.push(...expected.flatMap(({ problem }) => problem ?? []));
  for (const [name, judge] of judges) {
    // Where what a case attacks was refused, there is nothing left of which its own properties speak.
    const problem = refusedEarly && !Object.hasOwn(universalProperties, name) ? undefined : await judge(record, scope);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
  }
  if (problems.length > 0) throw new CaseError(problems, tellStory(record));
  return expected.some(({ tolerated }) => tolerated) ? "tolerated" : "passed";
}

function unexpected(
  { response, closed }: Outcome,
  { status, tolerate = [], error, props = [] }: Expectation,
): { readonly problem?: string; readonly tolerated: boolean } {
  if (response === undefined) {
    const mayClose = closed && props.includes("closed_or_4xx");
    return mayClose ? { tolerated: false } : { problem: "no response", tolerated: false };
  }
  const shown = `${response.status} ${response.body.slice(0, 300)}`;
  if (!status.includes(response.status)) {
    return tolerate.includes(response.status) ? { tolerated: true } : { problem: `answers ${shown}`, tolerated: false };
  }
  const told = jsonOf(response)?.error;
  const fits = error === undefined || response.status < 400 || error.includes(`${told}`);
  return fits ? { tolerated: false } : { problem: `answers ${shown}`, tolerated: false };
}

/** So many requests are told of a case that failed: the last are those that it is about. */
const maxTold = 3;

/** What was sent and what came back, for whoever reads why a case has failed. */
function tellStory({ steps }: CaseRecord): string {
  const outcomes = steps.flatMap(({ step, outcomes }) => outcomes.map((outcome) => ({ step, outcome })));
  const told = outcomes.slice(-maxTold).map(({ step, outcome: { caller, sent, response, closed, latencyMs } }) => {
    const seen =
      response === undefined
        ? closed
          ? "a close"
          : "nothing"
        : `${response.head.replaceAll("\r", "")}\n\n${response.body}`;
    const lines = [`sent (${step.do}, as ${caller}): ${sent}`, `seen (${Math.round(latencyMs)} ms): ${shorten(seen)}`];
    return lines.join("\n").replace(/^/gm, "    ");
  });
  const left = outcomes.length - told.length;
  return [...(left > 0 ? [`    (${left} requests before)`] : []), ...told].join("\n");
}
