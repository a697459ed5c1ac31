import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { openTwelvePanels } from "./boards.ts";
import { compareKept } from "./compare-kept.ts";
import { rest } from "./rest.ts";

/** A page that is kept, as a browser asks for it. */
export const benchmark: Benchmark = {
  name: "hit-rest",
  about: "a kept render of 12 panels by REST with gzip, and node:http sending the same bytes",
  unit: "us of CPU a request",
  goal: speedAtLeast(0.75),
  run: (progress) => compareKept(openTwelvePanels, rest({ "accept-encoding": "gzip" }), progress),
};
