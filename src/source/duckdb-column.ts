import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
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
 * timestamps become times, zoned where DuckDB's type is. What JavaScript's dates do not reach, infinity
 * and NaN become no value. All else becomes DuckDB's own text for it, nested values at most 1 KiB of it.
 * Every text passes through `clean`.
 */
export function createColumnBuilder(name: string, type: DuckDBType, clean: (text: string) => string): ColumnBuilder {
  switch (type.typeId) {
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
    case DuckDBTypeId.BIGNUM:
    case DuckDBTypeId.DECIMAL:
      return exactNumbers(name, "scale" in type ? type.scale : 0);
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return doubles(name);
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
      values.push(typeof value === "number" && Number.isFinite(value) ? value : Number.NaN);
      return numberBytes;
    },
    toColumn: (length) => ({ type: "number", name, values: Float64Array.from(values.slice(0, length)) }),
  };
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
