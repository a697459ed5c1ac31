import { utcTicks } from "d3-time";
import type { Voice } from "./intl.ts";
import { grainOf, labelTimes, wallClock, wallClockToInstant } from "./time-format.ts";

/** A tick of a time axis. */
export type TimeTick = { readonly ms: number; readonly text: string; readonly strong: boolean };

/**
 * Returns about `count` round times from `fromMs` to `toMs`, round by the zone's own clock. The
 * first of a new day carries its date. No tick stands at a time that a zone's clock skips.
 */
export function timeTicks(fromMs: number, toMs: number, zoned: boolean, count: number, voice: Voice): TimeTick[] {
  const from = new Date(wallClock(fromMs, zoned, voice));
  const to = new Date(wallClock(toMs, zoned, voice));
  const values = utcTicks(from, to, count)
    .map((wall) => wallClockToInstant(wall.getTime(), zoned, voice))
    .filter((ms) => ms !== null && ms >= fromMs && ms <= toMs) as number[];
  const times = { values, zoned };
  const labels = labelTimes(times, grainOf(times, voice), voice);
  return values.map((ms, index) => ({ ms, ...labels[index]! }));
}
