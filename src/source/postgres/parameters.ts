import { type BoundValue, isList, type Scalar } from "../../definition/filter-value.ts";

/**
 * Returns a value as PostgreSQL reads it from text, whatever type the query gives the parameter. A list is
 * an array, for `= any(:name)`.
 */
export function toParameter(bound: BoundValue, timezone: string): string | null {
  if (bound === null) return null;
  if (!isList(bound)) return scalarToText(bound, timezone);
  return `{${bound.map((scalar) => quoteItem(scalarToText(scalar, timezone))).join(",")}}`;
}

function scalarToText(scalar: Scalar, timezone: string): string {
  if (typeof scalar !== "object") return String(scalar);
  if (scalar.kind === "date") return scalar.iso;
  // Of a clock's reading with its offset, a `timestamptz` takes the instant and a `timestamp` the reading.
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(scalar.epochMs)).toZonedDateTimeISO(timezone);
  return zoned.toString({ timeZoneName: "never", offset: "auto" });
}

/** @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function quoteItem(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
