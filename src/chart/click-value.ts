import type { Column } from "../frame/frame.ts";
import { isWritable } from "./time-format.ts";

/**
 * Returns what a cell is to a filter: words and numbers as they are, `true` or `false`, an instant in
 * ISO 8601 in UTC, a wall clock's reading likewise but without an offset, and only its day where it is
 * one. Undefined where a row has no value, and for lists.
 */
export function clickValue(column: Column, row: number): string | undefined {
  switch (column.type) {
    case "string":
      return column.values[row] ?? undefined;
    case "boolean":
      return column.values[row]?.toString();
    case "number":
      return Number.isNaN(column.values[row]) ? undefined : String(column.values[row]);
    case "time":
      return timeToIso(column.values[row]!, column.zoned);
    case "numbers":
      return undefined;
  }
}

function timeToIso(ms: number, zoned: boolean): string | undefined {
  if (!isWritable(ms)) return undefined;
  const iso = new Date(ms).toISOString();
  return zoned ? iso : iso.slice(0, -1).replace(/(T00:00:00)?\.000$/, "");
}
