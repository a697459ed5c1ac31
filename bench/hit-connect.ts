import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { openTwelvePanels } from "./boards.ts";
import { compareKept } from "./compare-kept.ts";
import { connectJson } from "./connect-json.ts";

/** A page that is kept, as a client of Connect asks for it. */
export const benchmark: Benchmark = {
  name: "hit-connect",
  about: "a kept render of 12 panels by Connect's JSON, and a plain server of connect-node without guards",
  unit: "us of CPU a request",
  goal: speedAtLeast(1),
  run: (progress) => compareKept(openTwelvePanels, connectJson, progress),
};
