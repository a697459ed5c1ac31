import type { Round } from "./benchmark.ts";
import { median } from "./median.ts";
import { startProcess } from "./own-process.ts";
import { takeRounds } from "./rounds.ts";

/** How the cost of something grows with its size: a module whose sides are named by sizes, from the least. */
export type Growth = { readonly module: string; readonly sizes: readonly number[] };

/**
 * Measures the cost of each size in CPU time, all in one process, so that they run the same compiled code. A round is
 * the exponent of their growth: 1 where twice as much costs twice as much.
 */
export async function measureGrowth(
  { module, sizes }: Growth,
  progress: (line: string) => void,
): Promise<readonly Round[]> {
  const process = await startProcess(module);
  try {
    const rounds = await takeRounds({ warmUps: 6, rounds: 9 }, async () => {
      const costs: number[] = [];
      for (const size of sizes) costs.push((await process.takeTurn(`${size}`)).cpuMs);
      return costs;
    });
    for (const [at, size] of sizes.entries()) {
      progress(`${size}: ${median(rounds.map((costs) => costs[at]!)).toPrecision(3)} ms of CPU`);
    }
    // What is the same at each size makes the whole growth seem less.
    const last = rounds.map((costs) => exponentOf(sizes.slice(-2), costs.slice(-2)));
    progress(`the exponent from ${sizes.at(-2)} to ${sizes.at(-1)} alone: ${median(last).toPrecision(3)}`);
    return rounds.map((costs) => ({ ours: exponentOf(sizes, costs) }));
  } finally {
    await process.end();
  }
}

/** Returns the slope of the straight line that is nearest, by least squares, to the logarithms of costs over those of sizes. */
function exponentOf(sizes: readonly number[], costs: readonly number[]): number {
  const [along, up] = [sizes.map(Math.log), costs.map(Math.log)];
  const [middle, height] = [mean(along), mean(up)];
  const rise = along.reduce((sum, x, at) => sum + (x - middle) * (up[at]! - height), 0);
  return rise / along.reduce((sum, x) => sum + (x - middle) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
