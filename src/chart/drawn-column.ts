import type { DrawnColumn } from "./kind.ts";
import type { ColumnStyle } from "./series.ts";

/** Describes a column of numbers, or of lists of them, to a browser; its values are still to come. */
export function describeNumbers(
  type: "number" | "numbers",
  { title, unit, decimals }: ColumnStyle,
): Omit<DrawnColumn, "values"> {
  return { title, type, ...(unit !== "" && { unit }), ...(decimals !== undefined && { decimals }) };
}

/** Returns a number as JSON has it: NaN is no value. */
export function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
