import { setTimeout as pause } from "node:timers/promises";
import type { Step } from "../corpus.ts";
import type { StepRecord } from "../record.ts";
import { sampled } from "../sampled.ts";
import type { Scope } from "../scope.ts";
import { asTenant } from "../tenants.ts";
import type { StepKind } from "./step-kind.ts";

/** Copies of a step at a rate, whatever becomes of the ones before. */
export const paced: StepKind = {
  fields: ["rps", "s", "step", "tenants"],
  async run(scope, step) {
    const inner = await asTenant(scope, step);
    const seconds = sampled(scope, "seconds", step.s!, scope.world.breakable === undefined ? shortS : shortBrokenS);
    const startMs = performance.now();
    const dues = Array.from({ length: Math.round(step.rps! * seconds) }, (_, at) => startMs + (at * 1000) / step.rps!);
    return { step: { ...step, s: seconds }, outcomes: await runAt(scope, dues, inner) };
  },
};

/** As long as `npm test` has time for: what a full bucket lets through at first must not weigh in the rate. */
const shortS = 12;

/** Where something is broken, it is so from the start: what is seen then is seen soon. */
const shortBrokenS = 3;

/** How far from a boundary the last request before it and the first after it are sent. */
const nearMs = 30;

/** Copies of a step around the boundaries of seconds: half of them right before, half right after. */
export const burstAtEdges: StepKind = {
  fields: ["n", "edges", "step"],
  async run(scope, step) {
    const half = Math.ceil(step.n! / 2);
    // The next boundary may be too near to be prepared for.
    const toNextMs = 2_000 - (Date.now() % 1_000);
    const dues = Array.from({ length: step.edges ?? 1 }, (_, edge) => performance.now() + toNextMs + edge * 1_000);
    const around = dues.flatMap((due) => [
      ...Array.from({ length: half }, () => due - nearMs),
      ...Array.from({ length: step.n! - half }, () => due + nearMs),
    ]);
    return { step, outcomes: await runAt(scope, around, () => step.step!) };
  },
};

/** Runs a step at each of some times, which are in order. */
async function runAt(scope: Scope, dues: readonly number[], inner: (index: number) => Step) {
  const records: Promise<StepRecord>[] = [];
  for (const [index, due] of dues.entries()) {
    const leftMs = due - performance.now();
    if (leftMs > 0) await pause(leftMs);
    records.push(scope.run(scope, inner(index), index));
  }
  return (await Promise.all(records)).flatMap(({ outcomes }) => outcomes);
}
