import { range } from "d3-array";
import { type Column, type Frame, findColumn } from "../frame/frame.ts";
import type { Effort } from "./effort.ts";
import type { NumberFormat } from "./number-format.ts";
import { listOf } from "./number-list.ts";
import { shorten } from "./shorten.ts";
import { isWritable } from "./time-format.ts";
import { drawable } from "./value-axis.ts";

/** How a column reads wherever it is shown. */
export type ColumnStyle = NumberFormat & { readonly title: string };

/** The horizontal positions of a chart, each once: times and numbers ascending, words as they came. */
export type Positions =
  | { readonly kind: "time"; readonly values: readonly number[]; readonly zoned: boolean; readonly style: ColumnStyle }
  | { readonly kind: "number"; readonly values: readonly number[]; readonly style: ColumnStyle }
  | {
      readonly kind: "words";
      /** As they are shown. */
      readonly values: readonly string[];
      /** As the source has them, however long; absent where no source has them. */
      readonly whole?: readonly string[];
      readonly style: ColumnStyle;
    };

/** One line, area or colour of bars. */
export type Series = {
  readonly title: string;
  /** The word of the split column that it stands for, as the source has it; undefined where nothing is split or no word stands. */
  readonly word?: string;
  readonly format: NumberFormat;
  /** The index in the positions of each value, ascending. */
  readonly at: readonly number[];
  /** One value for each of `at`; NaN is a gap. */
  readonly values: readonly number[];
};

/** What a chart draws. */
export type SeriesSet = {
  readonly positions: Positions;
  readonly series: readonly Series[];
  /** How many positions the source has, where only those that are drawn were read. */
  readonly total?: number;
};

/** Which columns a chart takes, as its panel names them; `series` is empty when nothing is split. */
export type SeriesColumns = { readonly x: string; readonly y: readonly string[]; readonly series: string };

/** What is read as series. */
export type SeriesInput = {
  readonly frame: Frame;
  readonly styleOf: (name: string) => ColumnStyle;
  readonly effort: Effort;
};

/** Why columns cannot be drawn. */
export type SeriesRefusal = "column_missing" | "too_many_series" | "too_large";

/** More series than this are refused, because nobody can tell them apart. */
const maxSeries = 100;

/** A longer name of a series or a position is cut wherever it is shown: a whole line of a wide panel has no more. */
const maxWordChars = 200;

/**
 * Reads a frame as series. Each word of the `series` column makes one series of each column of `y`.
 * Rows without an x are left out. Refuses a `y` that holds no numbers, more than 100 series, and
 * more values than there is effort for.
 */
export function frameToSeries(
  { frame, styleOf, effort }: SeriesInput,
  columns: SeriesColumns,
): SeriesSet | SeriesRefusal {
  const x = findColumn(frame, columns.x);
  if (x === undefined) return "column_missing";
  if (!effort.take(frame.length * (1 + columns.y.length))) return "too_large";
  const { positions, rowAt } = readPositions(x, styleOf(columns.x));
  const split = columns.series === "" ? undefined : findColumn(frame, columns.series);
  const groups = groupRows(rowAt, split);
  if (groups.size * columns.y.length > maxSeries) return "too_many_series";
  const series: Series[] = [];
  for (const name of columns.y) {
    const y = findColumn(frame, name);
    const numbers = y === undefined ? undefined : readNumbers(y);
    if (numbers === undefined) return "column_missing";
    const style = styleOf(name);
    const format = measureFormat(style);
    for (const [word, rows] of groups) {
      const name = shorten(word ?? "none", maxWordChars);
      const isSplit = columns.series !== "";
      series.push({
        title: !isSplit ? style.title : columns.y.length === 1 ? name : `${name} · ${style.title}`,
        ...(isSplit && word !== null && { word: wholeWord(word, split?.type) }),
        format,
        at: rows.map((row) => rowAt[row]!),
        values: rows.map((row) => numbers[row]!),
      });
    }
  }
  return { positions, series };
}

/** Returns the format of what is measured. Without a unit it is a plain number, grouped; years and ids are not. */
export function measureFormat({ unit, decimals }: ColumnStyle): NumberFormat {
  return { unit: unit || "number", decimals };
}

/** Whether there is anything to draw. */
export function hasValues({ series }: SeriesSet): boolean {
  return series.some(({ values }) => values.some((value) => !Number.isNaN(value)));
}

/**
 * Gives every series a value at every position: NaN where it has no row, the sum where it has
 * several. Refuses more values than there is effort for: series that share no positions make many
 * out of few rows.
 */
export function alignSeries(set: SeriesSet, effort: Effort): SeriesSet | SeriesRefusal {
  const { positions, series } = set;
  if (!effort.take(positions.values.length * series.length)) return "too_large";
  const all = positions.values.map((_, index) => index);
  return {
    ...set,
    series: series.map((one) => {
      const values = new Array<number>(all.length).fill(Number.NaN);
      for (let index = 0; index < one.at.length; index += 1) {
        const at = one.at[index]!;
        const value = one.values[index]!;
        if (!Number.isNaN(value)) values[at] = Number.isNaN(values[at]!) ? value : drawable(values[at]! + value);
      }
      return { ...one, at: all, values };
    }),
  };
}

/** Whether each value is greater than the one before, and all can be written. NaN is not greater than anything. */
export function isAscending(values: Float64Array, areTimes: boolean): boolean {
  if (values.length > 0 && Number.isNaN(values[0]!)) return false;
  if (areTimes && values.length > 0 && !(isWritable(values[0]!) && isWritable(values.at(-1)!))) return false;
  let before = values[0]!;
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index]!;
    if (!(value > before)) return false;
    before = value;
  }
  return true;
}

/** Returns a column's numbers, with 1 and 0 for truth values; undefined for words and times. */
export function readNumbers(column: Column): ArrayLike<number> | undefined {
  if (column.type === "number") return column.values;
  if (column.type !== "boolean") return undefined;
  return column.values.map((value) => (value === null ? Number.NaN : Number(value)));
}

/** Returns what a row's cell says as a word; null where it says nothing. */
function readWords(column: Column): readonly (string | null)[] {
  if (column.type === "string") return column.values;
  if (column.type === "boolean") return column.values.map((value) => (value === null ? null : value ? "yes" : "no"));
  if (column.type === "numbers") return column.values.map(() => null);
  const isTime = column.type === "time";
  return Array.from(column.values, (value) => {
    if (Number.isNaN(value) || (isTime && !isWritable(value))) return null;
    return isTime ? new Date(value).toISOString() : String(value);
  });
}

/**
 * Puts rows in the order of x, one list for each word, words in the order in which they come. Rows
 * without a word are a list of their own, null; all rows are one where nothing is split.
 */
function groupRows(rowAt: readonly number[], splitBy: Column | undefined): Map<string | null, number[]> {
  const words = splitBy === undefined ? undefined : readWords(splitBy);
  const groups = new Map<string | null, number[]>();
  for (let row = 0; row < rowAt.length; row += 1) {
    if (rowAt[row]! < 0) continue;
    const word = words === undefined ? null : words[row]!;
    const rows = groups.get(word);
    if (rows === undefined) groups.set(word, [row]);
    else rows.push(row);
  }
  for (const rows of groups.values()) rows.sort((a, b) => rowAt[a]! - rowAt[b]! || a - b);
  return groups;
}

/** Returns the distinct positions, and each row's index among them, -1 where it has none. */
export function readPositions(x: Column, style: ColumnStyle): { positions: Positions; rowAt: number[] } {
  if (x.type === "time" || x.type === "number") {
    // Rows that ascend already, as they mostly do, need no search.
    if (isAscending(x.values, x.type === "time")) {
      return { positions: continuous(x, listOf(x.values), style), rowAt: range(x.values.length) };
    }
    const isUsable = (value: number) => (x.type === "time" ? isWritable(value) : !Number.isNaN(value));
    const sorted = x.values.filter(isUsable).sort();
    const values = listOf(sorted.filter((value, index) => value !== sorted[index - 1]));
    const indices = new Map(values.map((value, index) => [value, index]));
    const rowAt = Array.from(x.values, (value) => indices.get(value) ?? -1);
    return { positions: continuous(x, values, style), rowAt };
  }
  const words = readWords(x);
  const whole = [...new Set(words)].filter((word) => word !== null);
  const indices = new Map<string | null, number>(whole.map((value, index) => [value, index]));
  const positions: Positions = {
    kind: "words",
    values: whole.map((word) => shorten(word, maxWordChars)),
    whole: whole.map((word) => wholeWord(word, x.type)),
    style,
  };
  return { positions, rowAt: words.map((word) => indices.get(word) ?? -1) };
}

/** Returns a word as a filter of its column takes it. */
function wholeWord(word: string, type: Column["type"] | undefined): string {
  return type === "boolean" ? String(word === "yes") : word;
}

function continuous(x: Column & { type: "time" | "number" }, values: readonly number[], style: ColumnStyle): Positions {
  return x.type === "number" ? { kind: "number", values, style } : { kind: "time", values, zoned: x.zoned, style };
}
