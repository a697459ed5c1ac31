import { maxColumns } from "../column-builder.ts";
import { SourceError } from "../source-error.ts";
import { longNumber } from "./json-answer.ts";

/** A row as an answer has it. */
export type JsonRow = Readonly<Record<string, unknown>> | readonly unknown[];

/** A longer name is no column's anywhere. */
const maxNameLength = 256;

/**
 * Returns the list to which a pointer leads.
 * Throws `source_failed` where there is none.
 * @see https://www.rfc-editor.org/rfc/rfc6901
 */
export function findRows(answer: unknown, pointer: string): readonly unknown[] {
  let found = answer;
  for (const token of pointer.split("/").slice(1)) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    // An index has no leading zero, and a list's `length` is none.
    const isThere = Array.isArray(found) ? /^(0|[1-9]\d*)$/.test(name) : isObject(found);
    if (!isThere || !Object.hasOwn(found as object, name)) throw failed("`rows` leads to nothing in the answer");
    found = (found as Record<string, unknown>)[name];
  }
  if (!Array.isArray(found)) throw failed(`${pointer === "" ? "the answer" : "what `rows` leads to"} is not a list`);
  return found;
}

/**
 * Returns a row to which cells belong by its names, or by their places where it is as long as `columns` says.
 * Throws `source_failed` for any other.
 */
export function checkRow(row: unknown, columns: number): JsonRow {
  if (isObject(row)) return row;
  if (!Array.isArray(row)) throw failed("a row is neither an object nor a list");
  if (columns === 0) throw failed("rows that are lists need `columns`");
  if (row.length !== columns) throw failed("a row has not one cell for each of `columns`");
  return row;
}

/** Returns the names in rows that are objects, each once, in order of appearance. Throws `source_failed` for over 100. */
export function namesInRows(rows: readonly JsonRow[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) {
    for (const name in row) if (!names.has(name)) names.add(name);
    if (names.size > maxColumns)
      throw failed(`the rows have more than ${maxColumns} names: list those that count in \`columns\``);
  }
  const list = [...names];
  if (list.some((name) => name.length > maxNameLength))
    throw failed(`a name is longer than ${maxNameLength} characters`);
  return list;
}

/** Returns a row's cell; undefined where it has none. */
export function cellOf(row: JsonRow, name: string, at: number): unknown {
  if (Array.isArray(row)) return row[at];
  const named = row as Readonly<Record<string, unknown>>;
  return Object.hasOwn(named, name) ? named[name] : undefined;
}

/** Whether a value is a number, also one whose digits no double holds. */
export function isNumber(value: unknown): boolean {
  return typeof value === "number" || longNumber(value) !== undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function failed(category: string): SourceError {
  return new SourceError("source_failed", category);
}
