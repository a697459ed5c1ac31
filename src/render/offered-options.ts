import type { FilterSpec } from "../definition/settle-filter.ts";
import type { FilterOption } from "../definition/viewer-filters.ts";
import { type Column, type Frame, findColumn } from "../frame/frame.ts";

/** A list of more is no help to whoever chooses. */
const maxOptions = 500;

/** Longer values are none that a filter takes. */
const maxTextChars = 1024;

/**
 * Returns the options that a datasource's rows offer for a filter: its column's values that the filter's type
 * could have, the first 500 different ones, in the order of the rows. None where the column is missing or of
 * another type.
 */
export function frameToOptions(frame: Frame, { type, optionsFrom }: FilterSpec): readonly FilterOption[] {
  const values = optionsFrom && findColumn(frame, optionsFrom.column);
  if (values === undefined || columnTypes[type] !== values.type) return [];
  const labels = optionsFrom?.label ? findColumn(frame, optionsFrom.label) : undefined;
  const options = new Map<string, string>();
  for (let row = 0; row < frame.length && options.size < maxOptions; row += 1) {
    const text = cellToText(values, row);
    if (text === "" || text.length > maxTextChars || options.has(text)) continue;
    options.set(text, (labels && cellToText(labels, row)) || text);
  }
  return [...options].map(([text, words]) => ({ text, words }));
}

/** Which columns hold what a filter takes. */
const columnTypes: Readonly<Partial<Record<FilterSpec["type"], Column["type"]>>> = {
  string: "string",
  number: "number",
  date: "time",
};

/** Returns a cell as a form sends it, empty where there is no value. */
function cellToText(column: Column, row: number): string {
  switch (column.type) {
    case "string":
      return column.values[row] ?? "";
    case "number":
      return Number.isNaN(column.values[row]) ? "" : String(column.values[row]);
    case "time":
      return Number.isNaN(column.values[row]) ? "" : new Date(column.values[row]!).toISOString().slice(0, 10);
    default:
      return "";
  }
}
