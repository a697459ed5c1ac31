import { type BoundValue, isList, type Scalar } from "./filter-value.ts";
import type { Range } from "./range.ts";
import { startsDay } from "./time.ts";

/** Says a filter's value in words, in English: `IN`, `Jan 1, 2001`, `DE, FR, IN and 4 more`. */
export function valueToText(value: NonNullable<BoundValue>): string {
  if (!isList(value)) return scalarToText(value);
  const named = value.slice(0, maxNamed).map(scalarToText).join(", ");
  return value.length > maxNamed ? `${named} and ${value.length - maxNamed} more` : named;
}

/**
 * Says a range in words, in English and in the zone: `Last 30 days`, `Jan 1 – Jun 30, 2001`. A span
 * of whole days names its last day, because readers take a span of dates for closed.
 */
export function rangeToText({ fromMs, toMs, last }: Range, timezone: string): string {
  if (last !== undefined) return last.count === 1 ? `Last ${last.unit}` : `Last ${last.count} ${last.unit}s`;
  const wholeDays = [fromMs, toMs].every((epochMs) => startsDay(epochMs, timezone));
  const format = new Intl.DateTimeFormat("en-US", {
    ...dayFields,
    ...(!wholeDays && { hour: "numeric", minute: "2-digit" }),
    timeZone: timezone,
  });
  // The end of a span of days belongs to the day after it. Intl puts thin spaces around the dash.
  return format.formatRange(fromMs, wholeDays ? toMs - 1 : toMs).replace(/\s/gu, " ");
}

/** How many values of a list are named. */
const maxNamed = 3;

const dayFields = { year: "numeric", month: "short", day: "numeric" } as const;

const calendarDay = new Intl.DateTimeFormat("en-US", { ...dayFields, timeZone: "UTC" });

function scalarToText(value: Scalar): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (value.kind === "instant") return new Date(value.epochMs).toISOString();
  return calendarDay.format(Date.parse(value.iso));
}
