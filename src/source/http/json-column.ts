import { type CellType, maxListNumbers } from "../../definition/inline-columns.ts";
import { parseTime, toEpochMs } from "../../definition/time.ts";
import { type FrameCell, type FrameHead, nestedText } from "../frame-builder.ts";
import { longNumber, toJsonText } from "./json-answer.ts";
import { isNumber } from "./json-rows.ts";

/** A column of rows in JSON. */
export type JsonColumn = {
  readonly head: FrameHead;
  /** Returns what a cell of it is in a frame. */
  readonly toCell: (value: unknown) => FrameCell;
};

/**
 * Returns what is read off the cells of a column: its type, where none is declared, and whether its times are
 * instants. As soon as one is, the others are read in that zone.
 *
 * @param type as `InlineColumn.type`; one that only a later release knows counts as none
 */
export function readColumn(name: string, type: string, cells: () => Iterable<unknown>, timezone: string): JsonColumn {
  switch (declaredTypes.find((known) => known === type) ?? typeOfAll(cells())) {
    case "number":
      return { head: { name, type: "exact" }, toCell: type === "number" ? toDeclaredNumber : toNumber };
    case "boolean":
      return { head: { name, type: "boolean" }, toCell: (value) => (typeof value === "boolean" ? value : null) };
    case "numbers":
      return { head: { name, type: "numbers" }, toCell: toNumbers };
    case "time": {
      const zoned = hasInstant(cells());
      return { head: { name, type: "time", zoned }, toCell: (value) => toTime(value, zoned, timezone) };
    }
    default:
      return { head: { name, type: "text" }, toCell: toText };
  }
}

const declaredTypes: readonly CellType[] = ["number", "string", "boolean", "time", "numbers"];

/** Returns the one type that all cells have, `string` where they differ, undefined where none has a value. */
function typeOfAll(cells: Iterable<unknown>): CellType | undefined {
  let found: CellType | undefined;
  for (const cell of cells) {
    const type = typeOf(cell);
    if (type === undefined) continue;
    found ??= type;
    // No other cell makes it anything else again.
    if (found !== type || type === "string") return "string";
  }
  return found;
}

function typeOf(value: unknown): CellType | undefined {
  if (value === null || value === undefined) return undefined;
  if (isNumber(value)) return "number";
  if (typeof value === "boolean") return "boolean";
  return isNumberList(value) ? "numbers" : "string";
}

function isNumberList(value: unknown): value is readonly unknown[] {
  const isItem = (item: unknown) => item === null || isNumber(item);
  return Array.isArray(value) && value.length <= maxListNumbers && value.every(isItem);
}

function toNumber(value: unknown): FrameCell {
  return longNumber(value) ?? (typeof value === "number" ? value : null);
}

/**
 * Who declares numbers wants them: services write decimals as strings, too. Of a fraction the nearest double is
 * taken, because all that goes lies behind the sixteenth digit; a whole number keeps every digit.
 */
function toDeclaredNumber(value: unknown): FrameCell {
  if (typeof value !== "string") return toNumber(value);
  const text = longNumber(value) ?? value;
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? (/[.eE]/.test(text) ? Number(text) : text) : null;
}

function toNumbers(value: unknown): FrameCell {
  return isNumberList(value) ? value.map((item) => longNumber(item) ?? (item as number | null)) : null;
}

function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return nestedText(toJsonText(value));
  return longNumber(value) ?? String(value).toWellFormed();
}

function hasInstant(cells: Iterable<unknown>): boolean {
  for (const cell of cells) if (typeof cell === "string" && parseTime(cell)?.form === "instant") return true;
  return false;
}

function toTime(value: unknown, zoned: boolean, timezone: string): FrameCell {
  const reading = typeof value === "string" ? parseTime(value) : undefined;
  if (reading === undefined) return null;
  return zoned ? toEpochMs(reading, timezone) : reading.epochMs;
}
