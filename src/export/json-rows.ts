import type { Frame } from "../frame/frame.ts";
import { createCellWriter } from "./cell-text.ts";
import { writeRows } from "./write-rows.ts";

/**
 * Writes a frame as JSON: an array with an object for each row, whose keys are the columns' names, and null where there
 * is no value. Of columns with one name the first wins, as in panels. Yields and throws as `writeRows`.
 */
export function* frameToJson({ columns, length }: Frame): Generator<undefined, string> {
  const names = new Set<string>();
  const cells = columns.flatMap((column) => {
    if (names.has(column.name)) return [];
    names.add(column.name);
    return [{ key: `${JSON.stringify(column.name)}:`, write: createCellWriter(column) }];
  });
  const rows = yield* writeRows(length, (row) => {
    return `{${cells.map(({ key, write }) => key + (write(row) ?? "null")).join()}}`;
  });
  return rows.length === 0 ? "[]\n" : `[\n${rows.join(",\n")}\n]\n`;
}
