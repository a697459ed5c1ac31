import { type Series as Layer, stack } from "d3-shape";
import type { SeriesSet } from "./series.ts";
import { drawable } from "./value-axis.ts";

/** Puts aligned series on each other, what is negative below zero: one layer a series, one span a position. */
export function stackSeries({ series, positions }: SeriesSet): Layer<number, number>[] {
  return stack<number, number>()
    .keys(series.keys())
    .value((position, key) => drawable(series[key]!.values[position]!) || 0)
    .offset(offsetApart)([...positions.values.keys()]);
}

/**
 * Lays positive values upwards from zero and negative ones downwards. A zero lies on what is there:
 * at zero itself, as d3's own diverging offset has it, an area would fall to the axis.
 */
function offsetApart(layers: readonly Layer<number, number>[], order: readonly number[]): void {
  const above: number[] = [];
  const below: number[] = [];
  for (const key of order) {
    for (const [position, span] of layers[key]!.entries()) {
      const value = span[1] - span[0];
      const isDown = value < 0 || (value === 0 && !above[position] && (below[position] ?? 0) < 0);
      const side = isDown ? below : above;
      const start = side[position] ?? 0;
      side[position] = start + value;
      span[0] = Math.min(start, side[position]);
      span[1] = Math.max(start, side[position]);
    }
  }
}

/** Returns from where to where each bar of aligned series reaches, by series and position. */
export function barSpans(set: SeriesSet, isStacked: boolean): (readonly [from: number, to: number])[][] {
  if (isStacked) return stackSeries(set).map((layer) => layer.map(([from, to]) => [from, to] as const));
  return set.series.map(({ values }) => values.map((value) => [0, Number.isNaN(value) ? 0 : value] as const));
}
