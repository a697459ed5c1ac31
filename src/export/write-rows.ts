import { fault } from "../errors/fault.ts";

/**
 * A file's characters at the most: rows of 4 MB take no more, unless names are repeated that are longer than values. What
 * a few who read nothing have waiting is others' memory.
 */
const maxChars = 16 * 1024 * 1024;

/** Some hundred take a millisecond. */
const rowsInTurn = 250;

/**
 * Writes rows, and yields now and then, so that others may have a turn. Throws INVALID_REQUEST where they would take more
 * than 16 million characters.
 */
export function* writeRows(
  count: number,
  writeRow: (row: number) => string,
  limit: number = maxChars,
): Generator<undefined, string[]> {
  const rows: string[] = [];
  let leftChars = limit;
  for (let row = 0; row < count; row += 1) {
    const text = writeRow(row);
    leftChars -= text.length;
    if (leftChars < 0) {
      throw fault(
        "INVALID_REQUEST",
        "the rows are too large for a file: shorten the columns' names, or narrow the filters",
      );
    }
    rows.push(text);
    if (row % rowsInTurn === 0) yield;
  }
  return rows;
}
