import { type DuckDBArrayValue, type DuckDBListValue, type DuckDBValue, listValue } from "@duckdb/node-api";
import { maxListNumbers } from "../../definition/inline-columns.ts";
import { type ColumnBuilder, numberBytes, pointerBytes } from "../column-builder.ts";
import { strings } from "./text.ts";

/**
 * Creates the builder for lists of numbers: the whole column is text as soon as one is too long or would
 * lose a digit.
 *
 * @param read returns an element as a number, undefined where a digit would be lost
 */
export function numberLists(
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
