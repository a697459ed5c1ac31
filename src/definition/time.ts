/** What an ISO 8601 text says of time. */
export type TimeReading = {
  /** A calendar date, a date and time of day in no zone, or an instant. */
  readonly form: "date" | "wall" | "instant";
  /** Milliseconds since 1970-01-01T00:00Z; for `date` (at midnight) and `wall` written as if in UTC. */
  readonly epochMs: number;
};

/**
 * Reads `YYYY-MM-DD` or `YYYY-MM-DDThh:mm`, with optional seconds, fraction (what is below a
 * millisecond is cut off) and offset (`Z` or `±hh:mm`), in the years 0001 to 9999. Returns undefined
 * for anything else, for days that do not exist and for leap seconds.
 * @see https://www.rfc-editor.org/rfc/rfc3339
 */
export function parseTime(text: string): TimeReading | undefined {
  const match = text.length <= maxChars ? pattern.exec(text) : null;
  if (match === null) return undefined;
  const [, time, offset] = match;
  const whole = time === undefined ? `${text}T00:00Z` : offset === undefined ? `${text}Z` : text;
  const form = time === undefined ? "date" : offset === undefined ? "wall" : "instant";
  try {
    return { form, epochMs: Temporal.Instant.from(whole).epochMilliseconds };
  } catch {
    return undefined;
  }
}

/** Returns the instant of a reading in epoch milliseconds; a date is the start of its day in the zone. */
export function toEpochMs({ form, epochMs }: TimeReading, timezone: string): number {
  if (form === "instant") return epochMs;
  const wall = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO("UTC").toPlainDateTime();
  const zoned = form === "date" ? wall.toPlainDate().toZonedDateTime(timezone) : wall.toZonedDateTime(timezone);
  return zoned.epochMilliseconds;
}

/** Whether a day begins at the instant, in the zone. */
export function startsDay(epochMs: number, timezone: string): boolean {
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timezone);
  return zoned.equals(zoned.startOfDay());
}

/** Longer than any text that the pattern takes. */
const maxChars = 64;

const pattern = /^(?!0000)\d{4}-\d\d-\d\d(?:T(\d\d:\d\d(?::[0-5]\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;
