import { maxListNumbers } from "../definition/inline-columns.ts";
import type { Frame } from "../frame/frame.ts";
import { type ColumnBuilder, maxColumns, numberBytes, pointerBytes } from "./column-builder.ts";
import { type ExactNumber, exactNumbers, toExactNumber } from "./exact-numbers.ts";
import { SourceError } from "./source-error.ts";

/** A column before its rows come. */
export type FrameHead = {
  readonly name: string;
  /**
   * What its values are:
   * - `exact`: integers and decimals. A column of numbers, or of texts where one would lose a digit.
   * - `double`: floating-point numbers. What is not finite is no value.
   * - `text`: words, of any length; `nestedText` cuts what stands for a whole structure.
   * - `boolean`.
   * - `time`: milliseconds since 1970-01-01T00:00Z. What no `Date` reaches is no value.
   * - `numbers`: lists of exact numbers. A column of texts (JSON) where a list is longer than a frame's
   *   may be, or would lose a digit, or where a text comes in a list's place.
   */
  readonly type: "exact" | "double" | "text" | "boolean" | "time" | "numbers";
  /** Whether times are instants. By default they are readings of a clock or calendar, as if in UTC. */
  readonly zoned?: boolean;
};

/** A value of a row. One that is not of its column's type is no value; in a column of text it is its own text. */
export type FrameCell = ExactNumber | boolean | ArrayLike<ExactNumber | null> | null | undefined;

/** Gathers the rows that a source answers, whatever the source. */
export type FrameBuilder = {
  /**
   * Takes a row, with a cell for each column; absent ones are no value. Returns whether it fit: once one
   * did not, it and all that follow are left out, and there is no use in reading on.
   */
  addRow(cells: readonly FrameCell[]): boolean;
  /**
   * Returns the rows that fit. The frame is truncated where one did not.
   *
   * @param cutShort whether the source has more rows than it gave
   */
  toFrame(cutShort?: boolean): Frame;
};

/**
 * Creates a builder that keeps at most so many rows, and bytes in memory. Throws SourceError for more
 * columns than `maxColumns`.
 */
export function createFrameBuilder(
  heads: readonly FrameHead[],
  { maxRows, maxBytes }: { readonly maxRows: number; readonly maxBytes: number },
): FrameBuilder {
  if (heads.length > maxColumns) throw new SourceError("source_failed", `there are more than ${maxColumns} columns`);
  const columns = heads.map(createColumn);
  let length = 0;
  let bytes = 0;
  let full = false;
  return {
    addRow(cells) {
      if (full || length === maxRows) {
        full = true;
        return false;
      }
      for (let at = 0; at < columns.length; at += 1) bytes += columns[at]!.add(cells[at]);
      if (bytes > maxBytes) full = true;
      else length += 1;
      return !full;
    },
    toFrame: (cutShort = false) => ({
      columns: columns.map((column) => column.toColumn(length)),
      length,
      truncated: full || cutShort,
    }),
  };
}

/** Returns the text of a structure (JSON, a list, a record), of which only the first 1024 characters are kept. */
export function nestedText(text: string): string {
  // The cut may fall inside a surrogate pair.
  return text.length > maxNestedLength ? text.slice(0, maxNestedLength).toWellFormed() : text;
}

const maxNestedLength = 1024;

function createColumn({ name, type, zoned = false }: FrameHead): ColumnBuilder<FrameCell> {
  switch (type) {
    case "exact": {
      const inner = exactNumbers(name);
      return { ...inner, add: (value) => inner.add(isExact(value) ? value : null) };
    }
    case "double":
      return numbers((values) => ({ type: "number", name, values }), Number.POSITIVE_INFINITY);
    case "time":
      return numbers((values) => ({ type: "time", name, values, zoned }), maxEpochMs);
    case "text":
      return texts(name);
    case "boolean":
      return booleans(name);
    case "numbers":
      return lists(name);
  }
}

/** Beyond it lies what no `Date` can hold. */
const maxEpochMs = 8.64e15;

function numbers(
  toColumn: (values: Float64Array) => ReturnType<ColumnBuilder["toColumn"]>,
  beyond: number,
): ColumnBuilder<FrameCell> {
  const values: number[] = [];
  return {
    add(value) {
      const isValue = typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= beyond;
      values.push(isValue ? value : Number.NaN);
      return numberBytes;
    },
    toColumn: (length) => toColumn(new Float64Array(values.slice(0, length))),
  };
}

function texts(name: string): ColumnBuilder<FrameCell> {
  const values: (string | null)[] = [];
  return {
    add(value) {
      const text =
        value === null || value === undefined ? null : typeof value === "object" ? toJson(value) : `${value}`;
      values.push(text);
      return pointerBytes + 2 * (text?.length ?? 0);
    },
    toColumn: (length) => ({ type: "string", name, values: values.slice(0, length) }),
  };
}

function booleans(name: string): ColumnBuilder<FrameCell> {
  const values: (boolean | null)[] = [];
  return {
    add(value) {
      values.push(typeof value === "boolean" ? value : null);
      return pointerBytes;
    },
    toColumn: (length) => ({ type: "boolean", name, values: values.slice(0, length) }),
  };
}

function lists(name: string): ColumnBuilder<FrameCell> {
  const values: (Float64Array | null)[] = [];
  let fallback: ColumnBuilder<FrameCell> | undefined;
  return {
    add(value) {
      const list = toList(value);
      if (fallback === undefined && list !== undefined) {
        values.push(list);
        return pointerBytes + numberBytes * (list?.length ?? 0);
      }
      if (fallback === undefined) {
        fallback = texts(name);
        for (const earlier of values) fallback.add(earlier);
      }
      return fallback.add(value);
    },
    toColumn: (length) => fallback?.toColumn(length) ?? { type: "numbers", name, values: values.slice(0, length) },
  };
}

/** Returns undefined for what must become text. */
function toList(value: FrameCell): Float64Array | null | undefined {
  if (typeof value === "string") return undefined;
  if (typeof value !== "object" || value === null) return null;
  if (value.length > maxListNumbers) return undefined;
  const list = new Float64Array(value.length);
  for (let at = 0; at < list.length; at += 1) {
    const number = toExactNumber(value[at]!);
    if (number === undefined) return undefined;
    list[at] = number;
  }
  return list;
}

function toJson(list: ArrayLike<ExactNumber | null>): string {
  const items = Array.from(list, (item) => (item === null || Number.isNaN(toExactNumber(item)) ? "null" : `${item}`));
  return nestedText(`[${items.join(",")}]`);
}

function isExact(value: FrameCell): value is ExactNumber {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
