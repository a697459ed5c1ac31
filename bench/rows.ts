import { atMost, type Benchmark } from "./benchmark.ts";
import { measureGrowth } from "./growth.ts";
import { rowCounts } from "./row-counts.ts";

/** Whether a line of many rows costs more than a look at each. */
export const benchmark: Benchmark = {
  name: "rows",
  about: "a line of 1,000 to 1,000,000 rows, from typed arrays to markup: how its CPU time grows",
  unit: "as exponent",
  goal: atMost(1.05, "as exponent"),
  run: (progress) => measureGrowth({ module: import.meta.resolve("./row-counts.ts"), sizes: rowCounts }, progress),
};
