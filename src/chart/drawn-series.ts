import { describeNumbers, numberOrNull } from "./drawn-column.ts";
import type { DrawnColumn } from "./kind.ts";
import type { Positions, Series, SeriesSet } from "./series.ts";

/** Returns what a browser needs of drawn series: the positions first, then a column for each series. */
export function seriesToColumns({ positions, series }: SeriesSet): DrawnColumn[] {
  return [positionColumn(positions), ...series.map((one) => seriesColumn(one, positions.values.length))];
}

/** Returns the columns of series that have nothing to show. */
export function emptyColumns(set: SeriesSet): DrawnColumn[] {
  return seriesToColumns(
    pickPoints(
      set,
      set.series.map(() => []),
    ),
  );
}

/** Keeps the points of each series at the given indices, and the positions that some point still has. */
export function pickPoints(set: SeriesSet, picks: readonly (readonly number[])[]): SeriesSet {
  const { positions, series, ...rest } = set;
  // Every position is that of some point.
  if (series.every(({ at }, index) => at.length === picks[index]!.length)) return set;
  const kept = series.map((one, index) => ({
    ...one,
    at: picks[index]!.map((point) => one.at[point]!),
    values: picks[index]!.map((point) => one.values[point]!),
  }));
  const used = [...new Set(kept.flatMap(({ at }) => at))].sort((a, b) => a - b);
  if (used.length === positions.values.length) return { ...rest, positions, series: kept };
  const moved = new Map(used.map((position, index) => [position, index]));
  const pick = <V>(values: readonly V[]) => used.map((position) => values[position]!);
  return {
    ...rest,
    positions:
      positions.kind === "words"
        ? {
            ...positions,
            values: pick(positions.values),
            ...(positions.whole !== undefined && { whole: pick(positions.whole) }),
          }
        : { ...positions, values: pick(positions.values) },
    series: kept.map((one) => ({ ...one, at: one.at.map((position) => moved.get(position)!) })),
  };
}

function positionColumn(positions: Positions): DrawnColumn {
  const { style, values } = positions;
  if (positions.kind === "words") return { title: style.title, type: "string", values };
  if (positions.kind === "number") return { ...describeNumbers("number", style), values };
  return { title: style.title, type: "time", zoned: positions.zoned, values };
}

function seriesColumn({ title, format, at, values }: Series, count: number): DrawnColumn {
  const isEverywhere = at.length === count && at.every((position, index) => position === index);
  const about = describeNumbers("number", { title, ...format });
  return {
    ...about,
    ...(!isEverywhere && { at }),
    values: values.some((value) => Number.isNaN(value)) ? values.map(numberOrNull) : values,
  };
}
