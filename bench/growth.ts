import type { Round } from "./benchmark.ts";
import { median } from "./median.ts";
import { startProcess } from "./own-process.ts";
import { takeRounds } from "./rounds.ts";

/** How the cost of something grows with its size: a module whose sides are named by sizes, from the least. */
export type Growth = { readonly module: string; readonly sizes: readonly number[] };

/** Two would tell more of one round's chance than of the growth. */
const lastSizes = 3;

/**
 * Measures the cost of each size in CPU time, all in one process, so that they run the same compiled code. A round is
 * the exponent of their growth, 1 where twice as much costs twice as much: that over all sizes or that over the last
 * three, whichever has the greater median. What is the same at each size makes the growth over all of them seem less
 * than it is, and the last have the least of it.
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
    const whole = rounds.map((costs) => exponentOf(sizes, costs));
    const last = rounds.map((costs) => exponentOf(sizes.slice(-lastSizes), costs.slice(-lastSizes)));
    progress(`the exponent over all: ${median(whole).toPrecision(3)}`);
    progress(`the exponent from ${sizes.at(-lastSizes)} to ${sizes.at(-1)}: ${median(last).toPrecision(3)}`);
    // Which of the two it is, all rounds say together: the more of both in each would be by chance alone too much.
    return (median(last) > median(whole) ? last : whole).map((ours) => ({ ours }));
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
