import { atMost, type Benchmark } from "./benchmark.ts";
import { measureGrowth } from "./growth.ts";
import { panelCounts } from "./panel-counts.ts";

/** Whether a dashboard of many panels costs more than its panels do. */
export const benchmark: Benchmark = {
  name: "panels",
  about: "dashboards of 1 to 100 panels of 200 points, from frames to HTML: how their CPU time grows",
  unit: "as exponent",
  goal: atMost(1.05, "as exponent"),
  run: (progress) => measureGrowth({ module: import.meta.resolve("./panel-counts.ts"), sizes: panelCounts }, progress),
};
