import type { DrawnAxis } from "./kind.ts";
import type { Positions } from "./series.ts";
import { drawable, shareWithin } from "./value-axis.ts";

/** Returns where positions stand on a plot, as `sharesOf` has it. */
export function horizontalAxis(positions: Positions): DrawnAxis {
  const { kind, values } = positions;
  // A single one stands in the middle, as in a slot.
  if (kind === "words" || values.length < 2) return { scale: "slots", count: values.length };
  return { scale: "linear", from: drawable(values[0]!), to: drawable(values.at(-1)!) };
}

/** Returns where each position stands across the plot, from 0 to 1. */
export function sharesOf(positions: Positions): number[] {
  if (positions.kind !== "words") return positions.values.map(continuousScale(positions.values));
  const count = positions.values.length;
  return positions.values.map((_, index) => (index + 0.5) / count);
}

/** Returns where a time or number stands between the first and the last; the middle if they are the same. */
export function continuousScale(values: readonly number[]): (value: number) => number {
  return shareWithin({ min: drawable(values[0] ?? 0), max: drawable(values.at(-1) ?? 0) });
}
