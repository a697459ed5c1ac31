/**
 * A line over the canvas, whose corners are (0, 0) at the top left and (1000, 1000): points from left
 * to right, in whole units. There is a gap where `ys` is NaN.
 */
export type Trace = { readonly xs: readonly number[]; readonly ys: readonly number[] };

/** Returns where a share of the plot's width, from the left, stands on the canvas. */
export function canvasX(share: number): number {
  return Math.round(share * 1000);
}

/** Returns where a share of the plot's height, from the bottom, stands on the canvas. */
export function canvasY(share: number): number {
  return Math.round((1 - share) * 1000);
}

/** Returns where each share of the plot's width stands on the canvas. */
export function canvasXs(shares: readonly number[]): number[] {
  return shares.map(canvasX);
}

/**
 * Returns where each value stands on the canvas; NaN is a gap.
 *
 * @param up returns the share of the plot's height at which a value stands
 */
export function canvasYs(values: readonly number[], up: (value: number) => number): number[] {
  return values.map((value) => (Number.isNaN(value) ? value : canvasY(up(value))));
}

/** Leaves out the gaps of a trace, so that one line runs through all of its points. */
export function bridgeGaps({ xs, ys }: Trace): Trace {
  const isPoint = (_: number, index: number) => !Number.isNaN(ys[index]!);
  return { xs: xs.filter(isPoint), ys: ys.filter(isPoint) };
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
export function fillPath({ xs, ys }: Trace, lowerYs: readonly number[]): string {
  let path = "";
  for (const { start, end } of runsOf(ys)) {
    if (end - start === 1) continue;
    const across = xs.slice(start, end);
    const aroundXs = across.concat(across.toReversed());
    const aroundYs = ys.slice(start, end).concat(lowerYs.slice(start, end).reverse());
    path += `${linePath(aroundXs, aroundYs, 0, aroundXs.length)}z`;
  }
  return path;
}

/** Returns the path data of a point, which a round cap shows as a dot. */
export function dotPath(x: number, y: number): string {
  return `M${x} ${y}h0`;
}

/** The points of a trace from `start` to before `end`, with no gap between them. */
type Run = { readonly start: number; readonly end: number };

function runsOf(ys: readonly number[]): Run[] {
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
function linePath(xs: readonly number[], ys: readonly number[], start: number, end: number): string {
  let x = xs[start]!;
  let y = ys[start]!;
  const from = `M${x} ${y}`;
  let steps = "";
  for (let index = start + 1; index < end; index += 1) {
    const right = xs[index]! - x;
    const down = ys[index]! - y;
    if (right === 0 && down === 0) continue;
    // A level stretch is one step: the lower edge of an area would be as long as its upper one.
    if (down === 0 && ys[index + 1] === y && index + 1 < end && (xs[index + 1]! - xs[index]!) * right > 0) continue;
    steps += (steps === "" ? String(right) : nextNumber(right)) + nextNumber(down);
    x += right;
    y += down;
  }
  return steps === "" ? `${from}h0` : `${from}l${steps}`;
}

/** Writes a number behind another one, from which a minus separates it as well as a space. */
function nextNumber(number: number): string {
  return nextNumbers[number + 1000] ?? (number < 0 ? `${number}` : ` ${number}`);
}

/** Those that occur on a canvas are written once and for all, because most of a page is made of them. */
const nextNumbers = Array.from({ length: 2001 }, (_, index) => (index < 1000 ? `${index - 1000}` : ` ${index - 1000}`));
