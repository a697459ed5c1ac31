import { type FrameCell, type FrameHead, nestedText } from "../frame-builder.ts";

/** How a column's values become those of a frame. */
export type ClickhouseColumn = Omit<FrameHead, "name"> & {
  /** Returns a value, as JSON has it, as a frame's cell. */
  readonly toCell: (value: unknown) => FrameCell;
};

/**
 * Returns what a type of ClickHouse's is in a frame. Integers, decimals and intervals keep every digit. Dates
 * are days of a calendar. What is neither a number, a truth value, a time nor a list of numbers is text: words
 * as they are, and the JSON of structures, of which 1 KiB is kept.
 *
 * @param zoned whether the server writes times of day in UTC; otherwise they are what its clocks show
 */
export function readColumnType(type: string, { zoned }: { readonly zoned: boolean }): ClickhouseColumn {
  // A server may nest what is unwrapped as often as it likes. Long types are those of words and structures.
  const bare = type.length > maxTypeLength ? "" : unwrap(type);
  if (exact.test(bare)) return { type: "exact", toCell: toNumber };
  if (double.test(bare)) return { type: "double", toCell: toDouble };
  if (bare === "Bool") return { type: "boolean", toCell: (value) => (typeof value === "boolean" ? value : null) };
  if (/^Date(32)?$/.test(bare)) return { type: "time", toCell: toEpochMs };
  if (/^DateTime(64)?(\(|$)/.test(bare)) return { type: "time", zoned, toCell: toEpochMs };
  const element = /^Array\((.*)\)$/s.exec(bare)?.[1];
  const isNumbers = element !== undefined && (exact.test(unwrap(element)) || double.test(unwrap(element)));
  return isNumbers ? { type: "numbers", toCell: toNumbers } : { type: "text", toCell: toText };
}

const maxTypeLength = 256;

const exact = /^(U?Int\d+|Decimal(\d*)\(.*\)|Interval\w+)$/;

const double = /^B?Float\d+$/;

/** Leaves out what says how values are kept, and whether all are there. */
function unwrap(type: string): string {
  const inner =
    /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type) ??
    /^SimpleAggregateFunction\([^(),]*(?:\([^()]*\))?, (.*)\)$/s.exec(type);
  return inner === null ? type : unwrap(inner[1]!);
}

function toNumber(value: unknown): FrameCell {
  return typeof value === "number" || typeof value === "string" ? value : null;
}

/** A server may put quotes around these too. */
function toDouble(value: unknown): FrameCell {
  return typeof value === "string" ? Number(value) : toNumber(value);
}

function toNumbers(value: unknown): FrameCell {
  return Array.isArray(value) ? value.map((item) => toNumber(item) as number | string | null) : null;
}

function toText(value: unknown): FrameCell {
  if (value === null || typeof value === "string") return value;
  return nestedText(JSON.stringify(value));
}

/** Reads a day, or a day and a time, with every digit of its fraction. */
function toEpochMs(value: unknown): number | null {
  const match = typeof value === "string" ? /^([\d-]+)(?:[T ]([\d:]+)(\.\d+)?Z?)?$/.exec(value) : null;
  if (match === null) return null;
  const [, date, time = "00:00:00", fraction = "0"] = match;
  return Date.parse(`${date}T${time}Z`) + Number(fraction) * 1000;
}
