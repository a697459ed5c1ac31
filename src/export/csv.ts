import type { Column, Frame } from "../frame/frame.ts";
import { createCellWriter, timeWriter } from "./cell-text.ts";
import { writeRows } from "./write-rows.ts";

/**
 * Writes a frame as CSV (RFC 4180): a line of the columns' names, then one for each row, each ended by CRLF. What has no
 * value is empty, an empty word is `""`. A word that a spreadsheet would take for a formula, because it begins with `=`,
 * `+`, `-`, `@`, a tab or a line break, has an apostrophe before it, unless it is a number
 * (https://owasp.org/www-community/attacks/CSV_Injection). Yields and throws as `writeRows`.
 */
export function* frameToCsv({ columns, length }: Frame): Generator<undefined, string> {
  const cells = columns.map(createField);
  const head = columns.map(({ name }) => textField(name)).join();
  // A line without anything is one that most readers skip.
  const none = columns.length === 1 ? '""' : "";
  const lines = yield* writeRows(length, (row) => cells.map((cell) => cell(row) ?? none).join());
  return `${[head, ...lines].join("\r\n")}\r\n`;
}

function createField(column: Column): (row: number) => string | undefined {
  if (column.type === "time") return timeWriter(column);
  if (column.type === "string") {
    return (row) => {
      const text = column.values[row];
      return text === null || text === undefined ? undefined : textField(text);
    };
  }
  const write = createCellWriter(column);
  return (row) => {
    const text = write(row);
    return text && quote(text);
  };
}

function textField(text: string): string {
  if (text === "") return '""';
  return quote(startsFormula.test(text) && !isNumber.test(text) ? `'${text}` : text);
}

const startsFormula = /^[=+\-@\t\r\n]/;

/** With all its digits it may be longer than a number of the machine's, and came as a word. */
const isNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function quote(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
