import { type Benchmark, speedAtLeast } from "./benchmark.ts";
import { emptyBoards } from "./boards.ts";
import { compareKept } from "./compare-kept.ts";
import { rest } from "./rest.ts";

/** A page with nothing on it. */
export const benchmark: Benchmark = {
  name: "small-rest",
  about: "a kept render of an empty dashboard by REST, and node:http sending the same JSON",
  unit: "us of CPU a request",
  goal: speedAtLeast(0.5),
  run: (progress) => compareKept(async () => emptyBoards, rest({}), progress),
};
