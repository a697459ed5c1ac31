import { type AscendingRows, readAscending } from "./ascending-rows.ts";
import { bucketsFor, downsample } from "./downsample.ts";
import { pickPoints } from "./drawn-series.ts";
import { listOf } from "./number-list.ts";
import { sharesOf } from "./position-share.ts";
import { frameToSeries, type SeriesColumns, type SeriesInput, type SeriesRefusal, type SeriesSet } from "./series.ts";
import { dropUnplaced } from "./unplaced.ts";
import type { Scale } from "./value-axis.ts";

/** The points that lines draw, and how many values have no place on their scale, which are gaps. */
export type Lines = { readonly set: SeriesSet; readonly dropped: number };

/**
 * Reads the points that lines draw: of each series as many as there are pixels for, so that every
 * spike stays. Rows that ascend are looked at where they lie; others are put in order first. Fails as
 * `frameToSeries` does.
 */
export function readLines(input: SeriesInput, columns: SeriesColumns, scale: Scale): Lines | SeriesRefusal {
  const rows = readAscending(input, columns, bucketsFor(columns.y.length) * 4);
  if (typeof rows === "string") return rows;
  if (rows !== undefined) return thinRows(rows, scale);
  const read = frameToSeries(input, columns);
  if (typeof read === "string") return read;
  const { set, dropped } = scale === "log" ? dropFrom(read) : { set: read, dropped: 0 };
  return { set: thinSeries(set), dropped };
}

function thinRows({ at, lists, pick }: AscendingRows, scale: Scale): Lines {
  const placed = scale === "log" ? dropUnplaced(lists) : { lists, dropped: 0 };
  const buckets = bucketsFor(lists.length);
  const set = pick(
    placed.lists.map((values) => downsample(at, values, buckets)),
    placed.lists,
  );
  return { set, dropped: placed.dropped };
}

function thinSeries(set: SeriesSet): SeriesSet {
  const buckets = bucketsFor(set.series.length);
  if (set.series.every(({ at }) => at.length <= buckets * 4)) return set;
  const shares = sharesOf(set.positions);
  const picks = set.series.map(({ at, values }) =>
    downsample(
      at.map((position) => shares[position]!),
      values,
      buckets,
    ),
  );
  return { ...pickPoints(set, picks), total: set.positions.values.length };
}

function dropFrom(set: SeriesSet): Lines {
  const { lists, dropped } = dropUnplaced(set.series.map(({ values }) => values));
  const series = set.series.map((one, index) => ({ ...one, values: listOf(lists[index]!) }));
  return { set: { ...set, series }, dropped };
}
