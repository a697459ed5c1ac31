import type { Sort } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, type Frame, findColumn } from "../frame/frame.ts";
import type { Effort } from "./effort.ts";
import type { Voice } from "./intl.ts";

/** Words that begin alike for so long stay in the order of the source: to compare more would take too long. */
const maxComparedChars = 64;

/** Marks beyond two on a letter: a collator puts them in order at each comparison, in the square of their number. */
const idleMarks = /(?<=\p{M}{2})\p{M}+/gu;

/** What a collator goes back over at each comparison, also where two words begin alike: digits and marks. */
const slowChars = /[\p{Nd}\p{M}]/gu;

/** So many of them take as long as a cell. */
const slowCharsPerCell = 8;

/**
 * Returns the rows in the order that a table asks for: numbers and times by size, no before yes, words
 * as the language sorts them, lists by their last number. Rows without a value come last whichever way
 * it goes, and equal ones stay in the order of the source, as do all where the column is not there.
 * Undefined when there is not enough effort left.
 */
export function sortRows(frame: Frame, sort: Sort | undefined, voice: Voice, effort: Effort): number[] | undefined {
  const rows = Array.from({ length: frame.length }, (_, row) => row);
  const column = sort && findColumn(frame, sort.column);
  if (column === undefined) return rows;
  if (!effort.take(comparisons(rows.length))) return undefined;
  const keys = column.type === "string" ? rankWords(column.values, voice, effort) : sizesOf(column);
  if (keys === undefined) return undefined;
  const sign = sort?.order === "descending" ? -1 : 1;
  const compare = (a: number, b: number) => {
    const [left, right] = [keys[a]!, keys[b]!];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return left === right ? 0 : left < right ? -sign : sign;
  };
  return rows.sort(compare);
}

/** Returns a number for each word, in the order of the words; NaN for none. Words that repeat are compared once. */
function rankWords(values: readonly (string | null)[], voice: Voice, effort: Effort): number[] | undefined {
  const keys = values.map((value) => value?.slice(0, maxComparedChars).toWellFormed().replace(idleMarks, ""));
  const words = [...new Set(keys)].filter((word) => word !== undefined && word !== "");
  const slow = words.reduce((sum, word) => sum + (word?.match(slowChars)?.length ?? 0), 0);
  const cellsEach = 1 + slow / slowCharsPerCell / Math.max(1, words.length);
  if (!effort.take(Math.ceil(comparisons(words.length) * cellsEach))) return undefined;
  const ranks = new Map<string | undefined, number>(
    words.sort((a, b) => voice.compareWords(a!, b!)).map((word, rank) => [word, rank]),
  );
  return keys.map((key) => ranks.get(key) ?? Number.NaN);
}

function sizesOf(column: Exclude<Column, { type: "string" }>): ArrayLike<number> {
  if (column.type === "boolean") return column.values.map((value) => (value === null ? Number.NaN : Number(value)));
  if (column.type === "numbers") return column.values.map((list) => list?.at(-1) ?? Number.NaN);
  return column.values;
}

/** How many comparisons it takes to sort; one takes about as long as a cell. */
function comparisons(count: number): number {
  return Math.ceil(count * Math.log2(count + 1));
}
