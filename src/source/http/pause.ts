import { setImmediate as nextTurn } from "node:timers/promises";

/** How long others wait while we work. */
const turnMs = 10;

/** Creates what long work waits for between its steps: it lets others have a turn when ours was long enough. */
export function createPause(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < turnMs) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}
