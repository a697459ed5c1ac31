import { setTimeout as pause } from "node:timers/promises";
import type { Step } from "./corpus.ts";
import type { Outcome } from "./record.ts";
import type { Scope } from "./scope.ts";

/** Two a second, as the corpus has it. */
const everyMs = 500;

/** Runs a step again and again while something goes on, at least once, and gives all that came of it. */
export async function probeWhile<T>(
  scope: Scope,
  probe: Step | undefined,
  work: Promise<T>,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly result: T }> {
  let isOver = false;
  const over = work.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  const probes: Promise<readonly Outcome[]>[] = [];
  while (probe !== undefined) {
    const index = probes.length;
    probes.push(scope.run(scope, probe, index).then(({ outcomes }) => outcomes));
    if (isOver) break;
    await Promise.race([pause(everyMs), over]);
  }
  const result = await work;
  return { outcomes: (await Promise.all(probes)).flat(), result };
}
