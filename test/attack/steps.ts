import type { Step } from "./corpus.ts";
import { unknownChange } from "./jwt.ts";
import { open, revoke, share } from "./links.ts";
import { mutationFields } from "./mutate.ts";
import { publish } from "./publish.ts";
import { abortAfter } from "./steps/abort.ts";
import { burst } from "./steps/burst.ts";
import { clockAdvance } from "./steps/clock.ts";
import { crashMid } from "./steps/crash-mid.ts";
import { drain } from "./steps/drain.ts";
import { fault } from "./steps/fault.ts";
import { fixture } from "./steps/fixture.ts";
import { foreachPoint } from "./steps/foreach-point.ts";
import { grpc } from "./steps/grpc.ts";
import { h2Flood } from "./steps/h2-flood.ts";
import { http, raw } from "./steps/http.ts";
import { killLoop } from "./steps/kill-loop.ts";
import { load } from "./steps/load.ts";
import { concurrent, timingPair } from "./steps/loops.ts";
import { burstAtEdges, paced } from "./steps/paced.ts";
import { slow } from "./steps/slow.ts";
import type { StepKind, StepRunner } from "./steps/step-kind.ts";
import { sink, sleep } from "./steps/waits.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { type WorldKind, worldKinds } from "./world-kind.ts";

/** What steps can do, by the name that cases call it by. */
const kinds: Readonly<Record<string, StepKind>> = {
  http,
  raw,
  publish,
  share,
  open,
  revoke,
  burst,
  collect: burst,
  abort_after_ms: abortAfter,
  concurrent,
  timing_pair: timingPair,
  paced,
  burst_at_edges: burstAtEdges,
  load,
  slow,
  h2_flood: h2Flood,
  foreach_point: foreachPoint,
  clock_advance: clockAdvance,
  sleep,
  sink,
  fault,
  fixture,
  crash_mid: crashMid,
  kill_loop: killLoop,
  drain,
  grpc,
};

/** Runs a step of a kind that `whyNotStep` lets through. */
export const runStep: StepRunner = (scope, step, index) => kinds[step.do]!.run(scope, step, index);

/** What any step may say. */
const usualFields = new Set(["do", "auth", "expect", "save", "pass_if_status"]);

/** Returns why a step cannot be run, undefined if it can. */
export function whyNotStep(step: Step, vocabulary: Vocabulary): string | undefined {
  if (!Object.hasOwn(kinds, step.do)) return `the harness knows no step ${step.do}`;
  const { fields, whyNot } = kinds[step.do]!;
  const unknown = Object.keys(step).find((field) => !usualFields.has(field) && !fields.includes(field));
  if (unknown !== undefined) return `the harness knows no field ${unknown} of the step ${step.do}`;
  const { auth, mutate = {} } = step;
  const change =
    (typeof auth === "object" && "jwt" in auth ? unknownChange(auth.jwt) : undefined) ??
    Object.keys(mutate).find((name) => !mutationFields.includes(name));
  if (change !== undefined) return `the harness knows no change ${change} of a token`;
  return whyNot?.(step, vocabulary);
}

/** Returns where a step of a known kind can run. */
export function worldsOfStep(step: Step): readonly WorldKind[] {
  return kinds[step.do]!.worlds?.(step) ?? worldKinds;
}
