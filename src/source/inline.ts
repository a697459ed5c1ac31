import type { Value } from "@bufbuild/protobuf/wkt";
import type { InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Binding } from "../definition/filter-value.ts";
import { inlineColumnTypes, maxListNumbers } from "../definition/inline-columns.ts";
import { parseTime, toEpochMs } from "../definition/time.ts";
import type { Column, Frame } from "../frame/frame.ts";
import { pickRows } from "../frame/pick-rows.ts";
import { createRowFilter } from "./row-filter.ts";

/**
 * Returns the rows of a definition that the binding keeps: those whose cells equal what is bound to
 * their columns' names. A cell that does not fit its column has no value. A column of times is zoned
 * if any of its cells names an offset, and then the others are read in the dashboard's zone.
 */
export function inlineToFrame(
  source: InlineSource,
  binding: Binding,
  { timezone, maxRows }: { readonly timezone: string; readonly maxRows: number },
): Frame {
  const types = inlineColumnTypes(source);
  const columns = source.columns.map(({ name }, at) => {
    const cells = source.rows.map((row) => row.values[at]?.kind ?? none);
    return toColumn(name, types[at] ?? "string", cells, timezone);
  });
  const keeps = createRowFilter(columns, binding, timezone);
  const rows = [...source.rows.keys()].filter(keeps);
  const shown = rows.slice(0, maxRows);
  return {
    columns: columns.map((column) => pickRows(column, shown)),
    length: shown.length,
    truncated: rows.length > maxRows,
  };
}

type Cell = Value["kind"];

const none: Cell = { case: undefined };

function toColumn(name: string, type: Column["type"], cells: readonly Cell[], timezone: string): Column {
  switch (type) {
    case "number":
      return { type, name, values: Float64Array.from(cells, cellToNumber) };
    case "boolean":
      return { type, name, values: cells.map((cell) => (cell.case === "boolValue" ? cell.value : null)) };
    case "string":
      return { type, name, values: cells.map(cellToText) };
    case "time":
      return { type, name, ...readTimes(cells, timezone) };
    case "numbers":
      return { type, name, values: cells.map(cellToNumbers) };
  }
}

function cellToNumber(cell: Cell): number {
  return cell.case === "numberValue" && Number.isFinite(cell.value) ? cell.value : Number.NaN;
}

function cellToNumbers(cell: Cell): Float64Array | null {
  if (cell.case !== "listValue" || cell.value.values.length > maxListNumbers) return null;
  return Float64Array.from(cell.value.values, ({ kind }) => cellToNumber(kind));
}

function cellToText(cell: Cell): string | null {
  if (cell.case === "stringValue") return cell.value;
  return cell.case === "numberValue" || cell.case === "boolValue" ? String(cell.value) : null;
}

function readTimes(cells: readonly Cell[], timezone: string): { values: Float64Array; zoned: boolean } {
  const readings = cells.map((cell) => (cell.case === "stringValue" ? parseTime(cell.value) : undefined));
  const zoned = readings.some((reading) => reading?.form === "instant");
  const values = Float64Array.from(readings, (reading) => {
    if (reading === undefined) return Number.NaN;
    return zoned ? toEpochMs(reading, timezone) : reading.epochMs;
  });
  return { values, zoned };
}
