import { type Frame, findColumn } from "../frame/frame.ts";
import type { NumberFormat } from "./number-format.ts";
import { reduceValues } from "./reduce.ts";
import { type ColumnStyle, measureFormat, readNumbers } from "./series.ts";

/** Which column becomes one number, and how, as panel.proto names it. */
type Reduction = { readonly value: string; readonly reduce: string };

/** Returns a column's one number, NaN where no row has a value; undefined where it holds no numbers at all. */
export function reduceColumn(frame: Frame, { value, reduce }: Reduction): number | undefined {
  const column = findColumn(frame, value);
  // Anything can be counted, but only numbers have a sum.
  if (column !== undefined && reduce === "count") {
    return Array.from<unknown>(column.values).filter((cell) => cell !== null && !Number.isNaN(cell)).length;
  }
  const numbers = column && readNumbers(column);
  return numbers && reduceValues(Array.from(numbers), reduce);
}

/** Returns the format of a column's one number: its own, but however many are counted, they have the unit of none. */
export function reducedFormat(style: ColumnStyle, { reduce }: Reduction): NumberFormat {
  return reduce === "count" ? { unit: "number", decimals: 0 } : measureFormat(style);
}
