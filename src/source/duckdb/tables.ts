import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  quotedIdentifier,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from "@duckdb/node-api";
import type { Column } from "../../frame/frame.ts";
import type { DuckdbTable } from "./protocol.ts";

/** As many rows as DuckDB takes at once. */
const chunkRows = 2048;

/**
 * Makes frames tables of the engine's memory. Numbers are DOUBLE, words VARCHAR, times TIMESTAMPTZ where
 * they are zoned and TIMESTAMP where not, lists DOUBLE[]; what has no value is NULL. A name that the engine
 * takes for an earlier column's gets `_1`, `_2` and so on, as in its own subqueries.
 */
export async function createTables(connection: DuckDBConnection, tables: readonly DuckdbTable[]): Promise<void> {
  for (const { name, frame } of tables) {
    const kinds = frame.columns.map(kindOf);
    const names = distinctNames(frame.columns);
    const columns = kinds.map(({ type }, at) => `${quotedIdentifier(names[at]!)} ${type}`);
    await connection.run(`create table ${quotedIdentifier(name)} (${columns.join(", ")})`);
    const appender = await connection.createAppender(name);
    for (let from = 0; from < frame.length; from += chunkRows) {
      const length = Math.min(chunkRows, frame.length - from);
      const chunk = DuckDBDataChunk.create(kinds.map(({ type }) => type));
      chunk.setColumns(kinds.map(({ read }) => Array.from({ length }, (_, row) => read(from + row))));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }
}

/** How a column stands in a table. */
type Kind = { readonly type: DuckDBType; readonly read: (row: number) => DuckDBValue };

function kindOf(column: Column): Kind {
  switch (column.type) {
    case "number":
      return { type: DOUBLE, read: (row) => emptyToNull(column.values[row]!) };
    case "string":
      return { type: VARCHAR, read: (row) => column.values[row]! };
    case "boolean":
      return { type: BOOLEAN, read: (row) => column.values[row]! };
    case "numbers":
      return { type: LIST(DOUBLE), read: (row) => toList(column.values[row]!) };
    case "time": {
      const [type, Value] = column.zoned
        ? ([TIMESTAMPTZ, DuckDBTimestampTZValue] as const)
        : ([TIMESTAMP, DuckDBTimestampValue] as const);
      return {
        type,
        read(row) {
          const epochMs = column.values[row]!;
          return Number.isNaN(epochMs) ? null : new Value(BigInt(Math.round(epochMs * 1000)));
        },
      };
    }
  }
}

function emptyToNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

function toList(numbers: Float64Array | null): DuckDBValue {
  return numbers && listValue(Array.from(numbers, emptyToNull));
}

function distinctNames(columns: readonly Column[]): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let distinct = name;
    for (let count = 1; taken.has(distinct.toLowerCase()); count += 1) distinct = `${name}_${count}`;
    taken.add(distinct.toLowerCase());
    return distinct;
  });
}
