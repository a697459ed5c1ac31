import { findColumn } from "../frame/frame.ts";
import { listOf } from "./number-list.ts";
import {
  isAscending,
  measureFormat,
  type Positions,
  type SeriesColumns,
  type SeriesInput,
  type SeriesSet,
} from "./series.ts";

/** Rows in the order of a column of times or numbers, each further than the one before. */
export type AscendingRows = {
  /** Where each row stands. */
  readonly at: Float64Array;
  /** A list of values for each column of `y`; NaN is a gap. */
  readonly lists: readonly Float64Array[];
  /** Returns the rows at some indices as series: for each list its own, ascending. Their values are those of `from`, or of `lists`. */
  readonly pick: (picks: readonly (readonly number[])[], from?: readonly Float64Array[]) => SeriesSet;
};

/**
 * Reads a frame's rows as they are, if they ascend: nothing is made of those beyond `mostDrawn` points,
 * which will be left out. Undefined for any other frame, which `frameToSeries` reads, and "too_large"
 * when there is not the effort. A row that is only looked at counts for a thirty-second of one that is
 * drawn, because it takes a hundredth of the time.
 */
export function readAscending(
  { frame, styleOf, effort }: SeriesInput,
  { x, y, series }: SeriesColumns,
  mostDrawn: number,
): AscendingRows | "too_large" | undefined {
  const column = findColumn(frame, x);
  if (series !== "") return undefined;
  if (column === undefined || (column.type !== "time" && column.type !== "number")) return undefined;
  const lists: Float64Array[] = [];
  for (const name of y) {
    const values = findColumn(frame, name);
    if (values?.type !== "number") return undefined;
    lists.push(values.values);
  }
  if (!isAscending(column.values, column.type === "time")) return undefined;
  const drawn = Math.min(frame.length, mostDrawn * 2) * (1 + y.length);
  if (!effort.take(Math.ceil((frame.length * (1 + y.length)) / 32) + drawn)) return "too_large";
  const at = column.values;
  const style = styleOf(x);
  const formats = y.map((name) => ({ title: styleOf(name).title, format: measureFormat(styleOf(name)) }));
  return {
    at,
    lists,
    pick: (picks, from = lists) => {
      const isWhole = picks.every(({ length }) => length === frame.length);
      const used = isWhole ? picks[0]! : joinSorted(picks);
      const values = isWhole ? listOf(at) : used.map((row) => at[row]!);
      const positions: Positions =
        column.type === "time"
          ? { kind: "time", values, zoned: column.zoned, style }
          : { kind: "number", values, style };
      const series = formats.map((format, index) => ({
        ...format,
        at: isWhole ? used : placesOf(picks[index]!, used),
        values: isWhole ? listOf(from[index]!) : picks[index]!.map((row) => from[index]![row]!),
      }));
      return { positions, series, total: frame.length };
    },
  };
}

/** Joins ascending lists to one, each number once. */
function joinSorted(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length === 1) return lists[0]!;
  const all = Float64Array.from(lists.flat()).sort();
  return Array.from(all.filter((value, index) => index === 0 || value !== all[index - 1]));
}

/** Returns the index in `all` of each of `some`; both ascend. */
function placesOf(some: readonly number[], all: readonly number[]): number[] {
  let place = 0;
  return some.map((value) => {
    while (all[place] !== value) place += 1;
    return place;
  });
}
