import type { Column, TimeColumn } from "../frame/frame.ts";

/** Writes the cell of a row: as JSON, undefined where it has no value. */
export type WriteCell = (row: number) => string | undefined;

/**
 * Creates the writing of a column's cells as JSON values: a number with all digits that its source gave, a time as
 * `timeWriter` has it, a list as an array with null for what is missing.
 */
export function createCellWriter(column: Column): WriteCell {
  const { values } = column;
  switch (column.type) {
    case "number":
      return (row) => (Number.isNaN(values[row]) ? undefined : numberText(values[row] as number));
    case "time": {
      const write = timeWriter(column);
      return (row) => {
        const text = write(row);
        return text && `"${text}"`;
      };
    }
    case "numbers":
      return (row) => {
        const list = column.values[row];
        return list
          ? `[${Array.from(list, (one) => (Number.isNaN(one) ? "null" : numberText(one))).join()}]`
          : undefined;
      };
    default:
      return (row) => (values[row] === null ? undefined : JSON.stringify(values[row]));
  }
}

/**
 * Creates the writing of a column of times, as RFC 3339 has them: instants in UTC (`2026-01-31T09:30:00Z`), readings of
 * a calendar or a clock without a zone (`2026-01-31T09:30:00`, and `2026-01-31` where all of a column are whole days).
 * Milliseconds stand in all of a column or in none. Undefined for what is no time, or of no year with four digits.
 */
export function timeWriter({ values, zoned }: TimeColumn): (row: number) => string | undefined {
  const isDays = !zoned && values.every((ms) => Number.isNaN(ms) || ms % dayMs === 0);
  const isSeconds = values.every((ms) => Number.isNaN(ms) || ms % 1000 === 0);
  const chars = isDays
    ? "2026-01-31".length
    : isSeconds
      ? "2026-01-31T09:30:00".length
      : "2026-01-31T09:30:00.123".length;
  return (row) => {
    const ms = values[row]!;
    if (!(ms >= firstMs && ms <= lastMs)) return undefined;
    return new Date(ms).toISOString().slice(0, chars) + (zoned ? "Z" : "");
  };
}

const dayMs = 86_400_000;
const firstMs = Date.parse("0000-01-01T00:00:00Z");
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function numberText(value: number): string {
  // Minus nought reads as a mistake.
  return String(value + 0);
}
