/**
 * Returns what clocks in the zone show at an instant, written as if in UTC; what is below a millisecond
 * is cut off. The zone is an IANA name; throws RangeError for any other.
 */
export function wallClockMs(epochMs: number, timezone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(epochMs)).toZonedDateTimeISO(timezone);
  return zoned.toPlainDateTime().toZonedDateTime("UTC").epochMilliseconds;
}
