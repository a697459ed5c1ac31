import type { Value } from "@bufbuild/protobuf/wkt";
import { parseTime, startsDay, toEpochMs } from "./time.ts";

/** When and where a range is read. */
export type Clock = {
  readonly nowMs: number;
  /** An IANA time zone that the runtime knows. */
  readonly timezone: string;
  /** Relative ranges end at now rounded down to a multiple of this. */
  readonly roundS: number;
};

/** A span of time, half-open. */
export type Range = {
  readonly fromMs: number;
  readonly toMs: number;
  /** The unit into which a chart of the span divides it, as `date_trunc` takes it. */
  readonly bucket: Bucket;
  /** How it was given, where that was relative to now. */
  readonly last: Last | undefined;
};

/** A unit of time. */
type Bucket = "minute" | "hour" | "day" | "week" | "month";

/** So many units of time up to now. */
type Last = { readonly count: number; readonly unit: Exclude<Bucket, "month"> };

/**
 * Reads `last 30d` (units m, h, d, w), `2026-01-01/2026-02-01`, with dates or date-times, or the two
 * ends as `{"from": ..., "to": ...}`. Days and weeks are the calendar's, in the zone; a date is the
 * start of its day and a date-time without an offset is the zone's. Returns undefined for anything
 * else, for an end that is not after the start, and for more than 100 years.
 */
export function parseRange({ kind }: Value, clock: Clock): Range | undefined {
  if (kind.case === "stringValue") return kind.value.length > maxChars ? undefined : parseText(kind.value, clock);
  if (kind.case !== "structValue") return undefined;
  const { from, to, ...rest } = kind.value.fields;
  if (from?.kind.case !== "stringValue" || to?.kind.case !== "stringValue") return undefined;
  return Object.keys(rest).length > 0 ? undefined : spanOf(from.kind.value, to.kind.value, clock.timezone);
}

/**
 * Returns the span that ends where the range begins: of as many days where the range is one of whole
 * days in the zone, so that a change of the clocks cuts no day in two, else of as much time.
 */
export function previousRange({ fromMs, toMs, bucket }: Range, timezone: string): Range {
  const moved = { toMs: fromMs, bucket, last: undefined };
  if (!startsDay(fromMs, timezone) || !startsDay(toMs, timezone)) return { ...moved, fromMs: 2 * fromMs - toMs };
  const from = dayOf(fromMs, timezone);
  const days = from.until(dayOf(toMs, timezone));
  return { ...moved, fromMs: from.subtract(days).toZonedDateTime(timezone).epochMilliseconds };
}

/** Longer than two date-times with offsets could usefully be. */
const maxChars = 64;

const units = { m: "minute", h: "hour", d: "day", w: "week" } as const;

function parseText(text: string, clock: Clock): Range | undefined {
  const relative = /^last (\d{1,4})([mhdw])$/.exec(text);
  if (relative !== null) {
    return lastUntilNow({ count: Number(relative[1]), unit: units[relative[2] as keyof typeof units] }, clock);
  }
  const [from, to, ...rest] = text.split("/");
  return from === undefined || to === undefined || rest.length > 0 ? undefined : spanOf(from, to, clock.timezone);
}

function lastUntilNow(last: Last, { nowMs, timezone, roundS }: Clock): Range | undefined {
  const toMs = Math.floor(nowMs / (roundS * 1000)) * roundS * 1000;
  const to = Temporal.Instant.fromEpochMilliseconds(toMs).toZonedDateTimeISO(timezone);
  const from = to.subtract({ [`${last.unit}s`]: last.count });
  return createRange(from.epochMilliseconds, toMs, timezone, last);
}

function spanOf(fromText: string, toText: string, timezone: string): Range | undefined {
  const from = parseTime(fromText);
  const to = parseTime(toText);
  if (from === undefined || to === undefined) return undefined;
  return createRange(toEpochMs(from, timezone), toEpochMs(to, timezone), timezone, undefined);
}

function createRange(fromMs: number, toMs: number, timezone: string, last: Last | undefined): Range | undefined {
  if (fromMs >= toMs) return undefined;
  const latest = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timezone).add({ years: 100 });
  return toMs > latest.epochMilliseconds ? undefined : { fromMs, toMs, bucket: bucketOf(toMs - fromMs), last };
}

function dayOf(epochMs: number, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timezone).toPlainDate();
}

const minuteMs = 60_000;

const buckets = [
  ["minute", minuteMs],
  ["hour", 60 * minuteMs],
  ["day", 24 * 60 * minuteMs],
  ["week", 7 * 24 * 60 * minuteMs],
] as const;

/** A span that begins within a bucket touches one more than it is long: 399 units are 400 buckets. */
const maxUnits = 399;

/** Returns the smallest unit of which the span touches at most 400, and months for what is longer. */
function bucketOf(spanMs: number): Bucket {
  return buckets.find(([, unitMs]) => spanMs <= maxUnits * unitMs)?.[0] ?? "month";
}
