import { setFlagsFromString } from "node:v8";

/**
 * Has the engine collect the old part of its heap when that has grown by two fifths, where by itself it waits until it has
 * grown to three or four times what is in use: a service that has machines in common with others takes a quarter
 * less memory under overload so (docs/reliability.md). V8 reads the flag at each collection, so that it may be set when the process
 * runs. To be called once, before anything else is done.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString("--heap-growing-percent=40");
}
