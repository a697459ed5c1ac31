/**
 * A line over the canvas, whose corners are (0, 0) at the top left and (1000, 1000): points from left
 * to right, in whole units. There is a gap where `ys` is NaN.
 */
export type Trace = { readonly xs: ArrayLike<number>; readonly ys: ArrayLike<number> };

/** Returns where a share of the plot's width, from the left, stands on the canvas. */
export function canvasX(share: number): number {
  return Math.round(share * 1000);
}

/** Returns where a share of the plot's height, from the bottom, stands on the canvas. */
export function canvasY(share: number): number {
  return Math.round((1 - share) * 1000);
}

/** Returns where each share of the plot's width stands on the canvas. */
export function canvasXs(shares: ArrayLike<number>): Float64Array {
  const xs = new Float64Array(shares.length);
  for (let index = 0; index < xs.length; index += 1) xs[index] = canvasX(shares[index]!);
  return xs;
}

/**
 * Returns where each value stands on the canvas; NaN is a gap.
 *
 * @param up returns the share of the plot's height at which a value stands
 */
export function canvasYs(values: ArrayLike<number>, up: (value: number) => number): Float64Array {
  const ys = new Float64Array(values.length);
  for (let index = 0; index < ys.length; index += 1) {
    const value = values[index]!;
    ys[index] = Number.isNaN(value) ? value : canvasY(up(value));
  }
  return ys;
}

/** Leaves out the gaps of a trace, so that one line runs through all of its points. */
export function bridgeGaps({ xs, ys }: Trace): Trace {
  const isPoint = (_: number, index: number) => !Number.isNaN(ys[index]!);
  return { xs: Array.from(xs).filter(isPoint), ys: Array.from(ys).filter(isPoint) };
}

/**
 * Returns the path data of a trace's lines, and that of its lone points: those have no length, which
 * only a round cap shows.
 */
export function strokePaths({ xs, ys }: Trace): { readonly lines: string; readonly dots: string } {
  let lines = "";
  let dots = "";
  for (const { start, end } of runsOf(ys)) {
    if (end - start === 1) dots += dotPath(xs[start]!, ys[start]!);
    else lines += linePath(xs, ys, start, end);
  }
  return { lines, dots };
}

/** Returns the path data of the area between a trace's lines and a lower edge, which has a point below each of theirs. */
export function fillPath({ xs, ys }: Trace, lowerYs: ArrayLike<number>): string {
  let path = "";
  for (const { start, end } of runsOf(ys)) {
    const count = end - start;
    if (count === 1) continue;
    const [aroundXs, aroundYs] = [new Float64Array(count * 2), new Float64Array(count * 2)];
    for (let there = 0; there < count; there += 1) {
      const back = count * 2 - 1 - there;
      aroundXs[there] = aroundXs[back] = xs[start + there]!;
      aroundYs[there] = ys[start + there]!;
      aroundYs[back] = lowerYs[start + there]!;
    }
    path += `${linePath(aroundXs, aroundYs, 0, count * 2)}z`;
  }
  return path;
}

/** Returns the path data of a point, which a round cap shows as a dot. */
export function dotPath(x: number, y: number): string {
  return `M${x} ${y}h0`;
}

/** The points of a trace from `start` to before `end`, with no gap between them. */
type Run = { readonly start: number; readonly end: number };

function runsOf(ys: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  let start = 0;
  for (let index = 0; index <= ys.length; index += 1) {
    if (index < ys.length && !Number.isNaN(ys[index]!)) continue;
    if (index > start) runs.push({ start, end: index });
    start = index + 1;
  }
  return runs;
}

/** Writes integers relative to each other, which are half as long as absolute ones. */
function linePath(xs: ArrayLike<number>, ys: ArrayLike<number>, start: number, end: number): string {
  let x = xs[start]!;
  let y = ys[start]!;
  const from = `M${x} ${y}`;
  let steps = "";
  for (let index = start + 1; index < end; index += 1) {
    const right = xs[index]! - x;
    const down = ys[index]! - y;
    if (right === 0 && down === 0) continue;
    // A minus separates numbers as well as a space.
    steps += `${steps === "" || right < 0 ? "" : " "}${right}${down < 0 ? "" : " "}${down}`;
    x += right;
    y += down;
  }
  return steps === "" ? `${from}h0` : `${from}l${steps}`;
}
