import { type AscendingRows, readAscending } from "./ascending-rows.ts";
import { bucketsFor, downsample } from "./downsample.ts";
import { pickPoints } from "./drawn-series.ts";
import { sharesOf } from "./position-share.ts";
import {
  alignSeries,
  frameToSeries,
  hasValues,
  type SeriesColumns,
  type SeriesInput,
  type SeriesRefusal,
  type SeriesSet,
} from "./series.ts";
import { layersFromZero, stackSeries } from "./stack.ts";

/**
 * Reads the points that areas draw: all series at the same positions, and of those as many as there
 * are pixels for, so that no edge loses a spike. Rows that ascend are looked at where they lie;
 * others are put in order first. Fails as `frameToSeries` and `alignSeries` do.
 */
export function readAreas(input: SeriesInput, columns: SeriesColumns, isStacked: boolean): SeriesSet | SeriesRefusal {
  const rows = readAscending(input, columns, bucketsOf(columns.y.length) * 4);
  if (typeof rows === "string") return rows;
  if (rows !== undefined) return thinRows(rows, isStacked);
  const read = frameToSeries(input, columns);
  if (typeof read === "string" || !hasValues(read)) return read;
  const aligned = alignSeries(read, input.effort);
  return typeof aligned === "string" ? aligned : thinSeries(aligned, isStacked);
}

/** Every series is drawn at every position that one of them needs, so there are fewer for each. */
function bucketsOf(seriesCount: number): number {
  return bucketsFor(seriesCount ** 2);
}

function thinRows({ at, lists, pick }: AscendingRows, isStacked: boolean): SeriesSet {
  const picks = joinPicks(isStacked && lists.length > 1 ? edgesOf(lists) : lists, at, bucketsOf(lists.length));
  return pick(lists.map(() => picks));
}

function thinSeries(set: SeriesSet, isStacked: boolean): SeriesSet {
  const count = set.positions.values.length;
  const buckets = bucketsOf(set.series.length);
  if (count <= buckets * 4) return set;
  const layers = (isStacked ? stackSeries : layersFromZero)(set);
  const edges = layers.map(({ to }) => to);
  const picks = joinPicks(edges, sharesOf(set.positions), buckets);
  const thinned = pickPoints(
    set,
    set.series.map(() => picks),
  );
  return { ...thinned, total: count };
}

function joinPicks(edges: Iterable<ArrayLike<number>>, at: ArrayLike<number>, buckets: number): number[] {
  const needed = new Set<number>();
  for (const edge of edges) {
    const picks = downsample(at, edge, buckets);
    if (picks.length === at.length) return picks;
    for (const index of picks) needed.add(index);
  }
  return [...needed].sort((a, b) => a - b);
}

/** Gives the edges of a stack one by one, above zero and below, in two arrays that it fills again for each. */
function* edgesOf(lists: readonly Float64Array[]): Generator<Float64Array> {
  const above = new Float64Array(lists[0]!.length).fill(Number.NaN);
  const below = new Float64Array(above);
  for (const values of lists) {
    let isDown = false;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index]!;
      if (value >= 0) above[index] = (above[index]! || 0) + value;
      else if (value < 0) {
        below[index] = (below[index]! || 0) + value;
        isDown = true;
      }
    }
    yield above;
    if (isDown) yield below;
  }
}
