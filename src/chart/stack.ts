import type { SeriesSet } from "./series.ts";
import { drawable, rangeOf, type ValueRange } from "./value-axis.ts";

/** From where to where a series reaches at each position, away from zero; both are NaN at a gap. */
export type Layer = { readonly from: Float64Array; readonly to: Float64Array };

/**
 * Puts aligned series on each other, what is negative below zero: one layer a series. A series
 * without a value counts as nothing; where none has one there is a gap.
 */
export function stackSeries({ series, positions }: SeriesSet): Layer[] {
  const count = positions.values.length;
  const above = new Float64Array(count);
  const below = new Float64Array(count);
  const isGap = positions.values.map((_, index) => series.every(({ values }) => Number.isNaN(values[index]!)));
  return series.map(({ values }) =>
    createLayer(count, (index) => {
      if (isGap[index]) return gap;
      const value = drawable(values[index]!) || 0;
      // A zero lies on what is there: at zero itself, an area would fall to the axis.
      const isDown = value < 0 || (value === 0 && above[index] === 0 && below[index]! < 0);
      const side = isDown ? below : above;
      const start = side[index]!;
      side[index] = start + value;
      return [start, side[index]!];
    }),
  );
}

/** Lets every series start at zero: one layer a series, with a gap where it has no value. */
export function layersFromZero({ series }: SeriesSet): Layer[] {
  return series.map(({ values }) =>
    createLayer(values.length, (index) => (Number.isNaN(values[index]!) ? gap : [0, values[index]!])),
  );
}

/** Returns the layers of bars of aligned series. */
export function barLayers(set: SeriesSet, isStacked: boolean): Layer[] {
  return isStacked ? stackSeries(set) : layersFromZero(set);
}

/** Returns the range that holds the layers. */
export function rangeOfLayers(layers: readonly Layer[]): ValueRange {
  return rangeOf(layers.flatMap(({ from, to }) => [from, to]));
}

type Span = readonly [from: number, to: number];

const gap: Span = [Number.NaN, Number.NaN];

function createLayer(count: number, spanAt: (index: number) => Span): Layer {
  const from = new Float64Array(count);
  const to = new Float64Array(count);
  for (let index = 0; index < count; index += 1) [from[index], to[index]] = spanAt(index) as [number, number];
  return { from, to };
}
