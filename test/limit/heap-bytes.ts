import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What the heap holds once garbage is gone. */
export function heapBytes(): number {
  // Twice: what the first round finalises, the second frees.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
