import type { SeriesSet } from "./series.ts";
import { drawable, rangeOf, type ValueRange } from "./value-axis.ts";

/** From where to where a series reaches at each position, away from zero; both are NaN at a gap. */
export type Layer = { readonly from: readonly number[]; readonly to: readonly number[] };

/**
 * Puts aligned series on each other, what is negative below zero: one layer a series. A series
 * without a value counts as nothing; where none has one there is a gap.
 */
export function stackSeries({ series, positions }: SeriesSet): Layer[] {
  const count = positions.values.length;
  const above = new Array<number>(count).fill(0);
  const below = new Array<number>(count).fill(0);
  const isGap = above.map((_, index) => series.every(({ values }) => Number.isNaN(values[index]!)));
  return series.map(({ values }) => {
    const from = new Array<number>(count).fill(Number.NaN);
    const to = from.slice();
    for (let index = 0; index < count; index += 1) {
      if (isGap[index]) continue;
      const value = drawable(values[index]!) || 0;
      // A zero lies on what is there: at zero itself, an area would fall to the axis.
      const isDown = value < 0 || (value === 0 && above[index] === 0 && below[index]! < 0);
      const side = isDown ? below : above;
      from[index] = side[index]!;
      side[index] = side[index]! + value;
      to[index] = side[index]!;
    }
    return { from, to };
  });
}

/** Lets every series start at zero: one layer a series, with a gap where it has no value. */
export function layersFromZero({ series }: SeriesSet): Layer[] {
  return series.map(({ values }) => ({
    from: values.map((value) => (Number.isNaN(value) ? value : 0)),
    to: values,
  }));
}

/** Returns the layers of bars of aligned series. */
export function barLayers(set: SeriesSet, isStacked: boolean): Layer[] {
  return isStacked ? stackSeries(set) : layersFromZero(set);
}

/** Returns the range that holds the layers. */
export function rangeOfLayers(layers: readonly Layer[]): ValueRange {
  return rangeOf(layers.flatMap(({ from, to }) => [from, to]));
}
