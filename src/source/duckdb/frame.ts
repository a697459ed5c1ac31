import type { DuckDBResult } from "@duckdb/node-api";
import type { Frame } from "../../frame/frame.ts";
import { maxColumns } from "../column-builder.ts";
import { createColumnBuilder } from "./column.ts";
import type { DuckdbJob } from "./protocol.ts";

/**
 * Reads a streamed result until its end or its caps, whichever comes first: what lies beyond is never
 * computed where the query allows it. A row that does not fit the bytes left ends the frame. Throws
 * before it reads a row where there are more than 100 columns.
 */
export async function readFrame(
  result: DuckDBResult,
  { maxRows, maxBytes, folder }: Pick<DuckdbJob, "maxRows" | "maxBytes" | "folder">,
): Promise<Frame> {
  if (result.columnCount > maxColumns) throw new Error("Column Error: too many columns");
  const clean = (text: string) => (folder === undefined ? text : text.replaceAll(`${folder}/`, ""));
  const builders = result.columnNames().map((name, at) => createColumnBuilder(name, result.columnType(at), clean));
  const toFrame = (length: number, truncated: boolean): Frame => ({
    columns: builders.map((builder) => builder.toColumn(length)),
    length,
    truncated,
  });

  let length = 0;
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return toFrame(length, false);
    const vectors = builders.map((_, at) => chunk.getColumnVector(at));
    for (let row = 0; row < chunk.rowCount; row += 1) {
      if (length === maxRows) return toFrame(length, true);
      for (const [at, builder] of builders.entries()) bytes += builder.add(vectors[at]!.getItem(row));
      if (bytes > maxBytes) return toFrame(length, true);
      length += 1;
    }
  }
}
