import type { Step } from "../corpus.ts";
import type { Outcome, StepRecord } from "../record.ts";
import type { Scope } from "../scope.ts";
import type { StepKind } from "./step-kind.ts";

/** Lists of steps beside each other. */
export const concurrent: StepKind = {
  fields: ["steps", "n"],
  async run(scope, step) {
    const lists = step.steps!.map((each) => (Array.isArray(each) ? (each as readonly Step[]) : [each as Step]));
    const records = await Promise.all(lists.map((list) => inTurn(scope, list, step.n ?? 1)));
    return { step, outcomes: records.flat().flatMap(({ outcomes }) => outcomes) };
  },
};

async function inTurn(scope: Scope, steps: readonly Step[], times: number): Promise<readonly StepRecord[]> {
  const records: StepRecord[] = [];
  for (let index = 0; index < times; index += 1) {
    for (const step of steps) records.push(await scope.run(scope, step, index));
  }
  return records;
}

/** Interleaved samples of two steps. */
export const timingPair: StepKind = {
  fields: ["n", "a", "b"],
  async run(scope, step) {
    const pair = { aMs: [] as number[], bMs: [] as number[] };
    const outcomes: Outcome[] = [];
    for (let sample = 0; sample < step.n!; sample += 1) {
      for (const [timed, latenciesMs] of [[step.a!, pair.aMs] as const, [step.b!, pair.bMs] as const]) {
        const record = await scope.run(scope, timed, sample);
        outcomes.push(...record.outcomes);
        latenciesMs.push(record.outcomes.at(-1)!.latencyMs);
      }
    }
    return { step, outcomes, pair };
  },
};
