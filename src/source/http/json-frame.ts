import type { HttpSource, InlineColumn } from "../../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { CellType } from "../../definition/inline-columns.ts";
import type { Frame } from "../../frame/frame.ts";
import type { ReadBounds } from "../connector.ts";
import { createFrameBuilder } from "../frame-builder.ts";
import { type JsonColumn, readColumn } from "./json-column.ts";
import { cellOf, checkRow, findRows, type JsonRow, namesInRows } from "./json-rows.ts";
import { createPause } from "./pause.ts";

/**
 * Makes a frame of an answer that `parseJsonAnswer` parsed. Columns are those that the source declares, else those
 * that the rows name. A column without a type has the one that JSON gives all its cells, and is text where they
 * differ; what is nested is JSON text of at most 1024 characters. A cell that does not fit its column has no value.
 * Throws `source_failed` where there are no rows at the place that the source names, or rows of another shape.
 */
export async function jsonToFrame(
  answer: unknown,
  { rows: pointer, columns: declared }: Pick<HttpSource, "rows" | "columns">,
  { timezone, maxRows, maxBytes }: Pick<ReadBounds, "timezone" | "maxRows" | "maxBytes">,
): Promise<Frame> {
  const pause = createPause();
  const found = findRows(answer, pointer);
  const rows = found.slice(0, maxRows).map((row) => checkRow(row, declared.length));
  await pause();
  const columns: JsonColumn[] = [];
  for (const [at, head] of headsOf(declared, rows).entries()) {
    const cells = function* () {
      for (const row of rows) yield cellOf(row, head.name, at);
    };
    columns.push(readColumn(head.name, head.type as CellType | "", cells, timezone));
    await pause();
  }
  const builder = createFrameBuilder(
    columns.map(({ head }) => head),
    { maxRows, maxBytes },
  );
  for (const row of rows) {
    if (!builder.addRow(columns.map(({ head, toCell }, at) => toCell(cellOf(row, head.name, at))))) break;
    await pause();
  }
  return builder.toFrame(found.length > rows.length);
}

function headsOf(declared: readonly InlineColumn[], rows: readonly JsonRow[]) {
  return declared.length > 0 ? declared : namesInRows(rows).map((name) => ({ name, type: "" }));
}
