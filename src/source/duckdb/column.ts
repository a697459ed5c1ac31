import {
  type DuckDBArrayType,
  DuckDBDateValue,
  type DuckDBListType,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import { type ColumnBuilder, numberBytes, pointerBytes } from "../column-builder.ts";
import { numberLists } from "./lists.ts";
import { doubles, exactNumber, exactNumbers, finiteNumber } from "./numbers.ts";
import { strings } from "./text.ts";

/**
 * Creates the builder for a column of that type. No digit is lost on the way: a column of integers or
 * decimals becomes one of strings as soon as a value comes that a double does not hold. Dates and
 * timestamps become times, zoned where DuckDB's type is. Lists and arrays of numbers become lists of
 * numbers, unless one is longer than a frame's may be or has a digit that would be lost: then the whole
 * column becomes DuckDB's text, because a part of a list reads as if it were all of it. What JavaScript's
 * dates do not reach, infinity and NaN become no value. All else becomes DuckDB's own text for it, nested
 * values at most 1 KiB of it. Every text passes through `clean`.
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

/** Beyond it lies what no `Date` can hold. */
const maxEpochMs = 8.64e15;

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
