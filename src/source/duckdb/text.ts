import type { DuckDBValue } from "@duckdb/node-api";
import { type ColumnBuilder, pointerBytes } from "../column-builder.ts";

/** Creates the builder for words, and for DuckDB's own text of whatever else there is. */
export function strings(name: string, clean: (text: string) => string): ColumnBuilder {
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

/** Of a nested value, whose text may be of any length. */
const maxNestedLength = 1024;

function toText(value: DuckDBValue): string | null {
  if (value === null || typeof value === "string") return value;
  // The cut may fall inside a surrogate pair.
  return String(value).slice(0, maxNestedLength).toWellFormed();
}

/** Returns what a text costs. */
export function textBytes(text: string | null): number {
  return pointerBytes + 2 * (text?.length ?? 0);
}
