import type { DuckDBValue } from "@duckdb/node-api";
import type { Column } from "../frame/frame.ts";

/** Gathers one column's values row by row. */
export type ColumnBuilder<Value = DuckDBValue> = {
  /** Takes the next row's value. Returns the bytes that it costs. */
  add(value: Value): number;
  /** Returns the first `length` rows. */
  toColumn(length: number): Column;
};

/** How many columns a source may answer: as many as inline rows may have, and a panel may name. */
export const maxColumns = 100;

/** What a number costs, and a time. */
export const numberBytes = 8;

/** What a value costs beside its content, wherever that is. */
export const pointerBytes = 8;
