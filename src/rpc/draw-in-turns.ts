import { setImmediate } from "node:timers/promises";

/** A turn lasts as long, or one panel: who draws light panels must not wait for others' heavy ones after each. */
const turnMs = 10;

/** Draws step by step, and lets other calls go on in between. */
export async function drawInTurns<Drawn>(steps: Generator<undefined, Drawn>): Promise<Drawn> {
  let endMs = performance.now() + turnMs;
  let step = steps.next();
  while (step.done !== true) {
    if (performance.now() >= endMs) {
      await setImmediate();
      endMs = performance.now() + turnMs;
    }
    step = steps.next();
  }
  return step.value;
}
