import { tickIncrement } from "d3-array";
import type { Voice } from "./intl.ts";
import { logTicks } from "./log-ticks.ts";
import { formatTicks, type NumberFormat } from "./number-format.ts";
import { scaleFor } from "./unit.ts";

/** How an axis runs: by differences, or by ratios, with no place for zero and below. */
export type Scale = "linear" | "log";

/** The axis of values, from its first tick to its last. */
export type ValueAxis = {
  readonly scale: Scale;
  /** The value of the first tick, and that of the last. */
  readonly from: number;
  readonly to: number;
  /** From the lowest; evenly spaced where the scale is linear. */
  readonly ticks: readonly {
    readonly value: number;
    readonly at: number;
    readonly label: string;
    readonly isZero: boolean;
  }[];
  /** Returns where a value stands, from 0 (the first tick) to 1 (the last); NaN for what has no place. */
  readonly at: (value: number) => number;
};

/** What an axis must hold. */
export type ValueRange = {
  readonly min: number;
  readonly max: number;
  /** Whether only whole numbers occur; then no tick stands between them. */
  readonly isWhole: boolean;
};

/**
 * Returns the range of the values that have a place on the scale, `{min: 0, max: 1}` (from 1 to 10 on
 * a logarithmic one) if there are none. Sizes beyond 1e300 and below 1e-290 are drawn as those: their
 * differences would overflow.
 */
export function rangeOf(lists: Iterable<ArrayLike<number>>, scale: Scale = "linear"): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let isWhole = true;
  for (const values of lists) {
    for (let index = 0; index < values.length; index += 1) {
      const value = drawable(values[index]!);
      if (!hasPlace(value, scale)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      isWhole &&= Number.isInteger(value);
    }
  }
  if (min <= max) return { min, max, isWhole };
  return scale === "log" ? { min: 1, max: 10, isWhole: false } : { min: 0, max: 1, isWhole: false };
}

/** Whether a value can be drawn on a scale: NaN cannot, and nothing from zero down on a logarithmic one. */
export function hasPlace(value: number, scale: Scale): boolean {
  return scale === "log" ? drawable(value) > 0 : !Number.isNaN(value);
}

/** Returns where a value stands in a range, from 0 to 1; in the middle of one without width. */
export function shareWithin({ min, max }: Pick<ValueRange, "min" | "max">): (value: number) => number {
  return (value) => (min === max ? 0.5 : (drawable(value) - min) / (max - min));
}

/** Widens a range to the values given, as far as they have a place on the scale. */
export function withValues({ min, max, isWhole }: ValueRange, values: readonly number[], scale: Scale): ValueRange {
  const placed = values.filter((value) => hasPlace(value, scale)).map(drawable);
  return { min: Math.min(min, ...placed), max: Math.max(max, ...placed), isWhole };
}

/** Widens a range to zero: for what is measured by its length. */
export function withZero({ min, max, isWhole }: ValueRange): ValueRange {
  return { min: Math.min(0, min), max: Math.max(0, max), isWhole };
}

/**
 * Widens a range to zero unless its values lie so far from it that their changes would not be seen:
 * latencies from 60 to 300 start at 0, a concentration from 310 to 420 does not.
 */
export function nearZero(range: ValueRange): ValueRange {
  const distance = range.min > 0 ? range.min : range.max < 0 ? -range.max : 0;
  return distance <= 1.5 * (range.max - range.min) ? withZero(range) : range;
}

/**
 * Creates the axis over a range, with about `count` steps. A range without width gets one around it.
 * The range of a logarithmic axis must lie above zero, as `rangeOf` gives it.
 */
export function createValueAxis(
  range: ValueRange,
  count: number,
  format: NumberFormat,
  voice: Voice,
  scale: Scale = "linear",
): ValueAxis {
  const values = scale === "log" ? logTicks(...widen(range), count, format.unit) : linearTicks(range, count, format);
  const from = values[0]!;
  const to = values.at(-1)!;
  const toShare = scale === "log" ? logShare(from, to) : (value: number) => (drawable(value) - from) / (to - from);
  const at = (value: number) => Math.min(1, Math.max(0, toShare(value)));
  const labels =
    scale === "log" && to >= from * 2
      ? values.map((value) => formatTicks([value], value, format, voice)[0]!)
      : rememberTicks(values, format, voice, scale);
  const ticks = values.map((value, index) => ({ value, at: at(value), label: labels[index]!, isZero: value === 0 }));
  return { scale, from, to, ticks, at };
}

/** Returns the labels of ticks. Linear ones are round, so that the same stand in panel after panel: they are remembered. */
function rememberTicks(values: readonly number[], format: NumberFormat, voice: Voice, scale: Scale): readonly string[] {
  const from = values[0]!;
  const to = values.at(-1)!;
  const steps = values.length - 1;
  const write = () => formatTicks(values, (to - from) / steps, format, voice);
  return scale === "log" ? write() : voice.remember(`values ${from} ${to} ${steps} ${format.unit}`, write);
}

/** Returns where a value stands from one size to another, by ratio; NaN for zero and below. */
function logShare(from: number, to: number): (value: number) => number {
  const low = Math.log(from);
  const span = Math.log(to) - low;
  // A tick below the least value may be smaller than whatever else has a place.
  return (value) => (value > 0 ? (Math.log(value) - low) / span : Number.NaN);
}

/** Returns about `count` evenly spaced values that are round in the unit as it is read, from below a range to above it. */
export function linearTicks(range: ValueRange, count: number, { unit }: NumberFormat): number[] {
  const { divisor, options } = scaleFor(unit, Math.max(Math.abs(range.min), Math.abs(range.max)));
  // Minutes are round where their seconds are not; hundredths are as round as what they are of.
  const step = options.style === "percent" ? 1 : divisor;
  const [low, high] = widen(range);
  const isWhole = range.isWhole && divisor === 1 && options.style !== "percent";
  return niceTicks(low / step, high / step, count, isWhole).map((tick) => tick * step);
}

/** Returns the value that is drawn for one: itself, or the nearest that arithmetic can hold. */
export function drawable(value: number): number {
  if (Math.abs(value) < 1e-290) return 0;
  return Math.min(1e300, Math.max(-1e300, value));
}

function widen({ min, max }: ValueRange): readonly [number, number] {
  // Closer together than this, ticks would be lost in rounding.
  if (max - min > Math.max(Math.abs(min), Math.abs(max)) * 1e-9) return [min, max];
  if (max === 0) return [0, 1];
  return [min - Math.abs(min) * 0.1, max + Math.abs(max) * 0.1];
}

/** Returns round numbers, evenly spaced, the first not above `low` and the last not below `high`. */
function niceTicks(low: number, high: number, count: number, isWhole: boolean): number[] {
  let step = tickIncrement(low, high, count);
  if (isWhole && step < 0) step = 1;
  // A negative increment is d3's way to say 1/n exactly.
  const toUnits = (value: number) => (step > 0 ? value / step : value * -step);
  const toValue = (units: number) => (step > 0 ? units * step : units / -step);
  const start = Math.floor(toUnits(low) + 1e-9);
  // A threshold a hair beside values that are whole needs a step, too.
  const stop = Math.max(start + 1, Math.ceil(toUnits(high) - 1e-9));
  return Array.from({ length: stop - start + 1 }, (_, index) => toValue(start + index) + 0);
}
