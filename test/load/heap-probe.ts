/**
 * Loaded into the service's process ahead of it (`node --import`): on SIGUSR2 it collects the garbage, and writes
 * how many bytes of the heap are in use then, as `heap 12345678`. Nothing else changes.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

process.on("SIGUSR2", () => {
  // What is freed by one may free more by the next: finalizers run in between.
  collect();
  setImmediate(() => {
    collect();
    process.stdout.write(`heap ${process.memoryUsage().heapUsed}\n`);
  });
});
