import { setTimeout as pause } from "node:timers/promises";
import type { Step } from "../corpus.ts";
import { killService } from "../kill-service.ts";
import type { Outcome } from "../record.ts";
import { sampled } from "../sampled.ts";
import type { StepKind } from "./step-kind.ts";

const defaultCycles = 20;
const defaultWriters = 8;

/** How long a process lives at most. */
const lifeMs = 250;

/**
 * Callers without pause, under whom the process is killed, started again, and killed. After each start all of the
 * last process's calls are made again, each with its key.
 */
export const killLoop: StepKind = {
  fields: ["n", "cycles", "kills", "writers", "concurrency", "interval_ms", "step"],
  worlds: () => ["fault"],
  whyNot: ({ step }) =>
    step === undefined || step.do === "http" ? undefined : `a kill loop of ${step.do} has no keys`,
  async run(scope, step) {
    const { world } = scope;
    const cycles = sampled(scope, "kills", step.cycles ?? step.kills ?? step.n ?? defaultCycles, 2);
    const inner = withKey(step.step ?? save);
    const outcomes: Outcome[] = [];
    let next = 0;
    const call = async (index: number) => (await scope.run(scope, inner, index)).outcomes;
    const besides = (work: () => Promise<void>) =>
      Promise.all(Array.from({ length: step.writers ?? step.concurrency ?? defaultWriters }, work));

    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const first = next;
      const answered = Promise.withResolvers<void>();
      const writing = besides(async () => {
        for (let goesOn = true; goesOn; ) {
          const index = next;
          next += 1;
          const seen = (await call(index)).filter(({ response }) => response !== undefined);
          outcomes.push(...seen);
          goesOn = seen.length > 0;
          if (goesOn) answered.resolve();
        }
      });
      await Promise.race([answered.promise, writing]);
      await pause(step.interval_ms ?? Math.random() * lifeMs);
      await killService(world);
      await writing;
      await world.restart!({});
      const again = Array.from({ length: next - first }, (_, at) => first + at).values();
      await besides(async () => {
        for (const index of again) outcomes.push(...(await call(index)));
      });
    }
    return { step, outcomes };
  },
};

/** What is called where a case does not say. */
const save: Step = {
  do: "http",
  method: "POST",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of cases.
  path: "${DEFS}",
  auth: "A",
  headers: { "content-type": "application/json" },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of cases.
  body: ['{"dashboard_id":"kill-loop","layout":{"title":"${i}","panels":[]},"datasources":[]}'],
};

function withKey(step: Step): Step {
  const names = Object.keys(step.headers ?? {}).map((name) => name.toLowerCase());
  if (names.includes("x-request-id") || names.includes("idempotency-key")) return step;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of cases.
  return { ...step, headers: { ...step.headers, "x-request-id": "kill-loop-${i}" } };
}
