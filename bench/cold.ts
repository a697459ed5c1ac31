import { type Benchmark, costAtMost } from "./benchmark.ts";
import { startProcess } from "./own-process.ts";
import { takeRounds } from "./rounds.ts";

/** Drawing what is in no cache, beside ECharts, which draws no page around its charts, no table and no island. */
export const benchmark: Benchmark = {
  name: "cold",
  about: "12 panels of 200 points, from frames to HTML, beside the SVGs alone of the same charts by ECharts",
  unit: "ms of CPU",
  goal: costAtMost(1 / 25),
  async run() {
    await using opened = new AsyncDisposableStack();
    const start = async () =>
      opened.adopt(await startProcess(import.meta.resolve("./twelve-sides.ts")), ({ end }) => end());
    const [ours, echarts] = [await start(), await start()];
    return await takeRounds({ warmUps: 12, rounds: 21 }, async () => ({
      ours: (await ours.takeTurn("ours")).cpuMs,
      reference: (await echarts.takeTurn("echarts")).cpuMs,
    }));
  },
};
