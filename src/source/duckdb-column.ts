import {
  type DuckDBArrayType,
  type DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBListType,
  type DuckDBListValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  listValue,
} from "@duckdb/node-api";
import { maxListNumbers } from "../definition/inline-columns.ts";
import type { Column } from "../frame/frame.ts";

/** Gathers one column's values row by row. */
export type ColumnBuilder = {
  /** Takes the next row's value. Returns the bytes that it costs. */
  add(value: DuckDBValue): number;
  /** Returns the first `length` rows. */
  toColumn(length: number): Column;
};

/**
 * Creates the builder for a column of that type. No digit is lost on the way: a column of integers or
 * decimals becomes one of strings as soon as a value comes that a double does not hold. Dates and
 * timestamps become times, zoned where DuckDB's type is. Lists and arrays of numbers become lists of
 * numbers, unless one is longer than a frame's may be or has a digit that would be lost: then the whole
 * column becomes DuckDB's text, because a part of a list reads as if it were all of it. What JavaScript's
 * dates do not reach, infinity and NaN become no value. All else becomes DuckDB's own text for it, nested values at most 1 KiB of it.
 * Every text passes through `clean`.
 */
export function createColumnBuilder(name: string, type: DuckDBType, clean: (text: string) => string): ColumnBuilder {
  if (isExact(type)) return exactNumbers(name, "scale" in type ? type.scale : 0);
  if (isDouble(type)) return doubles(name);
  switch (type.typeId) {
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const { valueType } = type as DuckDBListType | DuckDBArrayType;
      if (isExact(valueType)) return numberLists(name, exactNumber, clean);
      return isDouble(valueType) ? numberLists(name, finiteNumber, clean) : strings(name, clean);
    }
    case DuckDBTypeId.BOOLEAN:
      return booleans(name);
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
      return times(name, false);
    case DuckDBTypeId.TIMESTAMP_TZ:
      return times(name, true);
    default:
      return strings(name, clean);
  }
}

function isDouble({ typeId }: DuckDBType): boolean {
  return typeId === DuckDBTypeId.FLOAT || typeId === DuckDBTypeId.DOUBLE;
}

/** Whether the values have digits that count: integers and decimals. */
function isExact({ typeId }: DuckDBType): boolean {
  return exactTypes.has(typeId);
}

const exactTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.DECIMAL,
]);

const numberBytes = 8;
const pointerBytes = 8;
const maxNestedLength = 1024;

/** Beyond it lies what no `Date` can hold. */
const maxEpochMs = 8.64e15;

function exactNumbers(name: string, scale: number): ColumnBuilder {
  const numbers: number[] = [];
  let texts: (string | null)[] | undefined;
  return {
    add(value) {
      const number = value === null ? Number.NaN : exactNumber(value);
      if (texts === undefined && number !== undefined) {
        numbers.push(number);
        return numberBytes;
      }
      texts ??= numbers.map((earlier) => (Number.isNaN(earlier) ? null : earlier.toFixed(scale)));
      const text = value === null ? null : String(value);
      texts.push(text);
      return textBytes(text);
    },
    toColumn: (length) =>
      texts === undefined
        ? { type: "number", name, values: Float64Array.from(numbers.slice(0, length)) }
        : { type: "string", name, values: texts.slice(0, length) },
  };
}

/** Returns undefined where a double would not give back every digit. */
function exactNumber(value: DuckDBValue): number | undefined {
  if (value instanceof DuckDBDecimalValue) {
    const text = value.toString();
    const number = Number(text);
    return number.toFixed(value.scale) === text ? number : undefined;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function doubles(name: string): ColumnBuilder {
  const values: number[] = [];
  return {
    add(value) {
      values.push(finiteNumber(value));
      return numberBytes;
    },
    toColumn: (length) => ({ type: "number", name, values: Float64Array.from(values.slice(0, length)) }),
  };
}

function finiteNumber(value: DuckDBValue): number {
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
}

/** @param read returns an element as a number, undefined where a digit would be lost */
function numberLists(
  name: string,
  read: (value: DuckDBValue) => number | undefined,
  clean: (text: string) => string,
): ColumnBuilder {
  const lists: (Float64Array | null)[] = [];
  let texts: ColumnBuilder | undefined;
  return {
    add(value) {
      const list = value === null ? null : readList(value, read);
      if (texts === undefined && list !== undefined) {
        lists.push(list);
        return pointerBytes + numberBytes * (list?.length ?? 0);
      }
      if (texts === undefined) {
        texts = strings(name, clean);
        for (const earlier of lists) texts.add(earlier && listValue(Array.from(earlier, emptyToNull)));
      }
      return texts.add(value);
    },
    toColumn: (length) => texts?.toColumn(length) ?? { type: "numbers", name, values: lists.slice(0, length) },
  };
}

/** Returns undefined for a list that is too long or would lose a digit. */
function readList(value: DuckDBValue, read: (value: DuckDBValue) => number | undefined): Float64Array | undefined {
  const { items } = value as DuckDBListValue | DuckDBArrayValue;
  if (items.length > maxListNumbers) return undefined;
  const numbers = new Float64Array(items.length);
  for (const [index, item] of items.entries()) {
    const number = item === null ? Number.NaN : read(item);
    if (number === undefined) return undefined;
    numbers[index] = number;
  }
  return numbers;
}

function emptyToNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

function times(name: string, zoned: boolean): ColumnBuilder {
  const values: number[] = [];
  return {
    add(value) {
      const epochMs = toEpochMs(value);
      values.push(Math.abs(epochMs) <= maxEpochMs ? epochMs : Number.NaN);
      return numberBytes;
    },
    toColumn: (length) => ({ type: "time", name, values: Float64Array.from(values.slice(0, length)), zoned }),
  };
}

function toEpochMs(value: DuckDBValue): number {
  if (value instanceof DuckDBDateValue) return value.days * 86_400_000;
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return Number(value.micros) / 1000;
  if (value instanceof DuckDBTimestampMillisecondsValue) return Number(value.millis);
  if (value instanceof DuckDBTimestampSecondsValue) return Number(value.seconds) * 1000;
  // Infinity is a sentinel, which lies within a date's reach in nanoseconds alone.
  if (value instanceof DuckDBTimestampNanosecondsValue && value.isFinite) return Number(value.nanos) / 1e6;
  return Number.NaN;
}

function booleans(name: string): ColumnBuilder {
  const values: (boolean | null)[] = [];
  return {
    add(value) {
      values.push(typeof value === "boolean" ? value : null);
      return pointerBytes;
    },
    toColumn: (length) => ({ type: "boolean", name, values: values.slice(0, length) }),
  };
}

function strings(name: string, clean: (text: string) => string): ColumnBuilder {
  const values: (string | null)[] = [];
  return {
    add(value) {
      const text = toText(value);
      values.push(text === null ? null : clean(text));
      return textBytes(text);
    },
    toColumn: (length) => ({ type: "string", name, values: values.slice(0, length) }),
  };
}

function toText(value: DuckDBValue): string | null {
  if (value === null || typeof value === "string") return value;
  // The cut may fall inside a surrogate pair.
  return String(value).slice(0, maxNestedLength).toWellFormed();
}

function textBytes(text: string | null): number {
  return pointerBytes + 2 * (text?.length ?? 0);
}
