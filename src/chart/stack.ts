import { type Series as Layer, stack, stackOffsetDiverging } from "d3-shape";
import type { SeriesSet } from "./series.ts";
import { drawable } from "./value-axis.ts";

/** Puts aligned series on each other, what is negative below zero: one layer a series, one span a position. */
export function stackSeries({ series, positions }: SeriesSet): Layer<number, number>[] {
  return stack<number, number>()
    .keys(series.keys())
    .value((position, key) => drawable(series[key]!.values[position]!) || 0)
    .offset(stackOffsetDiverging)([...positions.values.keys()]);
}

/** Returns from where to where each bar of aligned series reaches, by series and position. */
export function barSpans(set: SeriesSet, isStacked: boolean): (readonly [from: number, to: number])[][] {
  if (isStacked) return stackSeries(set).map((layer) => layer.map(([from, to]) => [from, to] as const));
  return set.series.map(({ values }) => values.map((value) => [0, Number.isNaN(value) ? 0 : value] as const));
}
