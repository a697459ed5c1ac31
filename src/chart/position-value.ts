import type { Positions } from "./series.ts";

/**
 * Returns the whole value at a position, as a filter of the column takes it: a word, or the date of a
 * calendar's day. Undefined for instants and numbers: what is drawn there is seldom a single one.
 */
export function positionValue(positions: Positions, index: number): string | undefined {
  if (positions.kind === "words") return (positions.whole ?? positions.values)[index]!;
  if (positions.kind !== "time" || positions.zoned) return undefined;
  const [date, clock] = new Date(positions.values[index]!).toISOString().split("T");
  return clock === "00:00:00.000Z" ? date : undefined;
}
