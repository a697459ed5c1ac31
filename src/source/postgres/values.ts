import { type FrameCell, type FrameHead, nestedText } from "../frame-builder.ts";

/** How a column of PostgreSQL's becomes one of a frame. */
export type PostgresColumn = {
  readonly head: FrameHead;
  /** Reads a value from PostgreSQL's text for it. */
  readonly read: (text: string) => FrameCell;
};

/**
 * Returns how to read a column, by its type's number in `pg_type`. Integers and decimals keep their digits,
 * dates and timestamps are times, and only `timestamptz` is an instant. Money is text: it has a currency.
 * So is all that a frame has no type for, the first 1024 characters of it.
 *
 * @see https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
 */
export function toPostgresColumn(name: string, typeId: number): PostgresColumn {
  switch (typeId) {
    case 21: // int2
    case 23: // int4
    case 26: // oid
      return { head: { name, type: "exact" }, read: Number };
    case 20: // int8
    case 1700: // numeric
      return { head: { name, type: "exact" }, read: asIs };
    case 700: // float4
    case 701: // float8
      return { head: { name, type: "double" }, read: Number };
    case 16: // bool
      return { head: { name, type: "boolean" }, read: (text) => text === "t" };
    case 1082: // date
    case 1114: // timestamp
      return { head: { name, type: "time", zoned: false }, read: readTime };
    case 1184: // timestamptz
      return { head: { name, type: "time", zoned: true }, read: readTime };
    case 1005: // int2[]
    case 1007: // int4[]
    case 1016: // int8[]
    case 1021: // float4[]
    case 1022: // float8[]
    case 1231: // numeric[]
      return { head: { name, type: "numbers" }, read: readNumbers };
    case 18: // "char"
    case 19: // name
    case 25: // text
    case 1042: // char(n)
    case 1043: // varchar(n)
      return { head: { name, type: "text" }, read: asIs };
    default:
      return { head: { name, type: "text" }, read: nestedText };
  }
}

function asIs(text: string): string {
  return text;
}

/**
 * Reads `YYYY-MM-DD[ hh:mm:ss[.ffffff][±hh[:mm[:ss]]]]`, with an offset from where it has one, as if in UTC
 * where not. Infinity and years before Christ are no value.
 */
function readTime(text: string): number {
  const yearEnd = text.indexOf("-", 1);
  const year = yearEnd < 4 ? Number.NaN : digits(text, 0, yearEnd);
  if (Number.isNaN(year) || text.endsWith("BC")) return Number.NaN;
  const at = yearEnd + 1;
  // A year below 100 would be one of the last century. After 400 years the calendar repeats itself.
  const day = Date.UTC(year + 400, digits(text, at, at + 2) - 1, digits(text, at + 3, at + 5)) - fourCenturiesMs;
  if (text.length === at + 5) return day;
  const clock = (from: number) =>
    digits(text, from, from + 2) * 3_600_000 + pair(text, from + 3) * 60_000 + pair(text, from + 6) * 1000;
  const timeMs = day + clock(at + 6);
  let end = at + 14;
  let fractionMs = 0;
  if (text[end] === ".") {
    const from = end + 1;
    end = from;
    while (isDigit(text, end)) end += 1;
    fractionMs = digits(text, from, end) / 10 ** (end - from - 3);
  }
  if (end === text.length) return timeMs + fractionMs;
  const offsetMs = clock(end + 1);
  return timeMs + fractionMs - (text[end] === "-" ? -offsetMs : offsetMs);
}

/** 146,097 days. */
const fourCenturiesMs = 146_097 * 86_400_000;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** The number that stands there, NaN where there are other characters. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1)
    number = isDigit(text, at) ? number * 10 + text.charCodeAt(at) - 48 : Number.NaN;
  return number;
}

/** Two digits, 0 where the text has ended. */
function pair(text: string, at: number): number {
  return isDigit(text, at) ? digits(text, at, at + 2) : 0;
}

/** Reads `{1,2,NULL}`; a text of many dimensions, or of other bounds than from 1, as it would be in JSON. */
function readNumbers(text: string): FrameCell {
  const inner = text.slice(1, -1);
  if (text.startsWith("{") && !inner.includes("{")) {
    return inner === "" ? [] : inner.split(",").map((item) => (item === "NULL" ? null : item));
  }
  const list = text.slice(text.indexOf("{"));
  return nestedText(list.replaceAll("{", "[").replaceAll("}", "]").replaceAll("NULL", "null"));
}
