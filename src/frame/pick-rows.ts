import type { Column } from "./frame.ts";

/** Returns a column of the rows at some indices, in the order of the indices. */
export function pickRows(column: Column, rows: readonly number[]): Column {
  switch (column.type) {
    case "number":
    case "time":
      return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
    case "string":
      return { ...column, values: rows.map((row) => column.values[row]!) };
    case "boolean":
      return { ...column, values: rows.map((row) => column.values[row]!) };
    case "numbers":
      return { ...column, values: rows.map((row) => column.values[row]!) };
  }
}
