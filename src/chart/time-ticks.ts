import { range } from "d3-array";
import { utcTickInterval } from "d3-time";
import type { Voice } from "./intl.ts";
import { grainOf, labelTimes, wallClock, wallClockToInstant } from "./time-format.ts";

/** A tick of a time axis. */
export type TimeTick = { readonly ms: number; readonly text: string; readonly strong: boolean };

/**
 * Returns about `count` round times from `fromMs` to `toMs`, round by the zone's own clock. The
 * first of a new day carries its date. No tick stands at a time that a zone's clock skips.
 */
export function timeTicks(fromMs: number, toMs: number, zoned: boolean, count: number, voice: Voice): TimeTick[] {
  const values = roundTimes(wallClock(fromMs, zoned, voice), wallClock(toMs, zoned, voice), count)
    .map((wall) => wallClockToInstant(wall, zoned, voice))
    .filter((ms) => ms !== null && ms >= fromMs && ms <= toMs) as number[];
  const times = { values, zoned };
  const labels = labelTimes(times, grainOf(times, voice), voice);
  return values.map((ms, index) => ({ ms, ...labels[index]! }));
}

/** Returns about `count` round readings of a clock, as d3 chooses them. */
function roundTimes(from: number, to: number, count: number): number[] {
  const end = Math.floor(to) + 1;
  const interval = utcTickInterval(new Date(from), new Date(to), count);
  if (interval === null) return [];
  const first = interval.ceil(new Date(from)).getTime();
  const second = interval.ceil(new Date(first + 1)).getTime();
  // Below a day they are all as far apart as the first two, and d3 walks through the hours between. Days differ.
  if (second - first < dayMs) return range(first, end, second - first);
  return interval.range(new Date(from), new Date(end)).map(Number);
}

const dayMs = 86_400_000;
