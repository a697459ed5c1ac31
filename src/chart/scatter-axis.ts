import { gatherTicks, type HorizontalTick } from "./density.ts";
import { continuousTicks } from "./horizontal-axis.ts";
import type { Voice } from "./intl.ts";
import { type ColumnStyle, measureFormat, type Positions } from "./series.ts";
import { createValueAxis, rangeOf, type Scale, type ValueRange, withZero } from "./value-axis.ts";

/** The horizontal axis of a scatter plot. */
type AcrossAxis = {
  /** The number or time at the left edge, and that at the right one. */
  readonly from: number;
  readonly to: number;
  /** Returns where a value stands, from 0 to 1. */
  readonly at: (value: number) => number;
  readonly ticks: readonly HorizontalTick[];
};

/**
 * Creates the axis of positions: of times from the first to the last, of numbers between round ones.
 *
 * @param gutterPx what the labels of the value axis take of the chart's width
 */
export function createAcross(
  positions: Exclude<Positions, { kind: "words" }>,
  scale: Scale,
  gutterPx: number,
  voice: Voice,
): AcrossAxis {
  return positions.kind === "time"
    ? timesAcross(positions, gutterPx, voice)
    : numbersAcross(positions, scale, gutterPx, voice);
}

function timesAcross(positions: Positions & { kind: "time" }, gutterPx: number, voice: Voice): AcrossAxis {
  const first = positions.values[0]!;
  const last = positions.values.at(-1)!;
  // A single time stands in the middle.
  const [from, to] = first === last ? [first - 1, last + 1] : [first, last];
  return { from, to, at: (ms) => (ms - from) / (to - from), ticks: continuousTicks(positions, voice, gutterPx) };
}

/**
 * Widens a range to zero where that takes little of the plot: dots are read by where they lie among
 * each other, and not by how far they are from an axis.
 */
export function closeToZero(range: ValueRange): ValueRange {
  const distance = Math.max(range.min, -range.max, 0);
  return distance <= 0.3 * (range.max - range.min) ? withZero(range) : range;
}

/** How many steps the axis has, whose ends are the same at every width. */
const steps = 5;

/** How wide a step is at the least. */
const stepPx = 64;

function numbersAcross(
  { values, style }: { readonly values: readonly number[]; readonly style: ColumnStyle },
  scale: Scale,
  gutterPx: number,
  voice: Voice,
): AcrossAxis {
  const range = rangeOf([values], scale);
  const format = measureFormat(style);
  const whole = createValueAxis(scale === "log" ? range : closeToZero(range), steps, format, voice, scale);
  const ends = { min: whole.from, max: whole.to, isWhole: range.isWhole };
  const labelsOf = (count: number) =>
    createValueAxis(ends, count, format, voice, scale)
      .ticks.filter(({ value }) => value >= whole.from && value <= whole.to)
      .map(({ value, label }) => ({ at: whole.at(value), text: label }));
  const made: ReturnType<typeof labelsOf>[] = [];
  const ticks = gatherTicks((widthPx) => {
    const count = Math.min(10, Math.floor(widthPx / stepPx));
    made[count] ??= labelsOf(count);
    return made[count];
  }, gutterPx);
  return { from: whole.from, to: whole.to, at: whole.at, ticks };
}
