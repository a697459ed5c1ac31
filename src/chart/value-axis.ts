import { tickIncrement } from "d3-array";
import type { Voice } from "./intl.ts";
import { formatTicks, type NumberFormat } from "./number-format.ts";
import { scaleFor } from "./unit.ts";

/** The axis of values, from its first tick to its last; the ticks are evenly spaced. */
export type ValueAxis = {
  /** From the lowest. */
  readonly ticks: readonly { readonly at: number; readonly label: string; readonly isZero: boolean }[];
  /** Returns where a value stands, from 0 (the first tick) to 1 (the last). */
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
 * Returns the range of the values that are numbers, `{min: 0, max: 1}` if there are none. Sizes
 * beyond 1e300 and below 1e-290 are drawn as those: their differences would overflow.
 */
export function rangeOf(lists: Iterable<ArrayLike<number>>): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let isWhole = true;
  for (const values of lists) {
    for (let index = 0; index < values.length; index += 1) {
      const value = drawable(values[index]!);
      if (Number.isNaN(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      isWhole &&= Number.isInteger(value);
    }
  }
  return min > max ? { min: 0, max: 1, isWhole: false } : { min, max, isWhole };
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

/** Creates the axis over a range, with about `count` steps. A range without width gets one around it. */
export function createValueAxis(range: ValueRange, count: number, format: NumberFormat, voice: Voice): ValueAxis {
  const { divisor, options } = scaleFor(format.unit, Math.max(Math.abs(range.min), Math.abs(range.max)));
  // Minutes are round where their seconds are not; hundredths are as round as what they are of.
  const unit = options.style === "percent" ? 1 : divisor;
  const [low, high] = widen(range);
  const isWhole = range.isWhole && divisor === 1 && options.style !== "percent";
  const values = niceTicks(low / unit, high / unit, count, isWhole).map((tick) => tick * unit);
  const first = values[0]!;
  const last = values.at(-1)!;
  const at = (value: number) => Math.min(1, Math.max(0, (drawable(value) - first) / (last - first)));
  const labels = formatTicks(values, (last - first) / (values.length - 1), format, voice);
  const ticks = values.map((value, index) => ({ at: at(value), label: labels[index]!, isZero: value === 0 }));
  return { ticks, at };
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
  const stop = Math.ceil(toUnits(high) - 1e-9);
  return Array.from({ length: stop - start + 1 }, (_, index) => toValue(start + index) + 0);
}
