import { DuckDBDecimalValue, type DuckDBValue } from "@duckdb/node-api";
import { type ColumnBuilder, numberBytes } from "../column-builder.ts";
import { textBytes } from "./text.ts";

/** Creates the builder for integers and decimals: numbers, or texts as soon as a double does not hold one of them. */
export function exactNumbers(name: string, scale: number): ColumnBuilder {
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

/** Returns an integer or a decimal as a number, undefined where a double would not give back every digit. */
export function exactNumber(value: DuckDBValue): number | undefined {
  if (value instanceof DuckDBDecimalValue) {
    const text = value.toString();
    const number = Number(text);
    return number.toFixed(value.scale) === text ? number : undefined;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Creates the builder for floats and doubles, of which those that are not finite are no value. */
export function doubles(name: string): ColumnBuilder {
  const values: number[] = [];
  return {
    add(value) {
      values.push(finiteNumber(value));
      return numberBytes;
    },
    toColumn: (length) => ({ type: "number", name, values: Float64Array.from(values.slice(0, length)) }),
  };
}

/** Returns a double, NaN for what is not finite. */
export function finiteNumber(value: DuckDBValue): number {
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
}
