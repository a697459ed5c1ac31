import type { SeriesSet } from "./series.ts";

/** Gives every point without a value zero. */
export function zeroNulls(set: SeriesSet): SeriesSet {
  return mapValues(set, (values) => values.map((value) => (Number.isNaN(value) ? 0 : value)));
}

/**
 * Gives every point that stands between two values of its series one on the straight line between
 * them. It is for drawing only: nobody measured those, so they are not to be told.
 *
 * @param shares where each position stands, ascending
 */
export function bridgeNulls(set: SeriesSet, shares: readonly number[]): SeriesSet {
  return mapValues(set, (values, at) => {
    const bridged = [...values];
    let before = -1;
    for (const [index, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      if (before >= 0) {
        const from = shares[at[before]!]!;
        const length = shares[at[index]!]! - from || 1;
        for (let gap = before + 1; gap < index; gap += 1) {
          const part = (shares[at[gap]!]! - from) / length;
          bridged[gap] = values[before]! * (1 - part) + value * part;
        }
      }
      before = index;
    }
    return bridged;
  });
}

function mapValues(
  set: SeriesSet,
  change: (values: readonly number[], at: readonly number[]) => readonly number[],
): SeriesSet {
  return { ...set, series: set.series.map((one) => ({ ...one, values: change(one.values, one.at) })) };
}
