import type { Voice } from "./intl.ts";

/** The finest thing that a list of times differs in, which decides how they are written. */
export type Grain = "year" | "month" | "day" | "minute" | "second" | "millisecond";

/** A time column's times, and whether they are instants (see src/frame/frame.ts). */
export type Times = { readonly values: ArrayLike<number>; readonly zoned: boolean };

/** Whether a time can be written at all: ECMAScript's times end 100 million days from 1970. */
export function isWritable(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15 - 2 * dayMs;
}

/** Returns the wall clock's reading at an instant in the dashboard's zone, written as if in UTC. */
export function wallClock(ms: number, zoned: boolean, voice: Voice): number {
  return zoned && voice.timezone !== "UTC" ? ms + voice.offsetMs(ms) : ms;
}

/** Returns the first instant at which the wall clock reads so; null in an hour that a zone skips. */
export function wallClockToInstant(wall: number, zoned: boolean, voice: Voice): number | null {
  if (!zoned || voice.timezone === "UTC") return wall;
  for (const guess of [wall - dayMs, wall + dayMs]) {
    const instant = wall - voice.offsetMs(guess);
    if (instant + voice.offsetMs(instant) === wall) return instant;
  }
  return null;
}

/** Returns the coarsest grain that tells these times apart. Seconds are the same in every zone. */
export function grainOf(times: Times, voice: Voice): Grain {
  const known = grainsOf.get(times.values);
  if (known?.zoned === times.zoned && known.voice === voice) return known.grain;
  const grain = findGrain(times, voice);
  grainsOf.set(times.values, { zoned: times.zoned, voice, grain });
  return grain;
}

/** What was found of lists that are still in use: a panel's axis, speech, table and data ask for the same one. */
const grainsOf = new WeakMap<Times["values"], { zoned: boolean; voice: Voice; grain: Grain }>();

function findGrain({ values, zoned }: Times, voice: Voice): Grain {
  let grain = 0;
  for (let index = 0; index < values.length; index += 1) {
    const ms = values[index]!;
    if (Number.isNaN(ms)) continue;
    const wall = grain < minuteGrain ? wallClock(ms, zoned, voice) : ms;
    while (!fits(wall, grains[grain]!)) grain += 1;
  }
  return grains[grain]!;
}

/** Returns a time in full, for tables and speech: `Jun 17, 2026, 18:00`, no finer than its grain. */
export function formatTime(ms: number, zoned: boolean, grain: Grain, voice: Voice): string {
  return voice.time(full[grain], zoned)(ms);
}

/** Returns how Intl writes times in full, as `formatTime` does, for where it is not done here. */
export function timeOptions(grain: Grain, zoned: boolean, voice: Voice): Intl.DateTimeFormatOptions {
  return { ...full[grain], calendar: "gregory", timeZone: zoned ? voice.timezone : "UTC" };
}

/** Returns the hour and minute: `18:00`. */
export function formatClock(ms: number, voice: Voice): string {
  return voice.time(clock, true)(ms);
}

/**
 * Returns the labels of times along an axis: only the part that changes from one to the next, and
 * on the first of a new day (of a new year, where they are days or months) the larger part, strong.
 */
export function labelTimes(
  { values, zoned }: Times,
  grain: Grain,
  voice: Voice,
): { readonly text: string; readonly strong: boolean }[] {
  const { unit, plain, turn } = labels[grain];
  let before: number | undefined;
  return Array.from(values, (ms) => {
    const wall = wallClock(ms, zoned, voice);
    const now = unit === "day" ? Math.floor(wall / dayMs) : new Date(wall).getUTCFullYear();
    const isFirst = before === undefined;
    const turned = isFirst ? fits(wall, unit) && grain !== unit : now !== before;
    before = now;
    const isTurn = turned && grain !== "year";
    // January says the year; another month that comes first in it says both.
    const options = isTurn ? (grain === "month" && !fits(wall, "year") ? monthYear : turn) : plain;
    return { text: voice.time(options, zoned)(ms), strong: isTurn };
  });
}

const dayMs = 86_400_000;

const grains: readonly Grain[] = ["year", "month", "day", "minute", "second", "millisecond"];
const minuteGrain = grains.indexOf("minute");

/** Whether a reading of the wall clock is whole in a grain: midnight is a whole day, Jan 1 a whole year. */
function fits(wall: number, grain: Grain): boolean {
  if (grain === "millisecond") return true;
  if (grain === "second") return wall % 1000 === 0;
  if (grain === "minute") return wall % 60_000 === 0;
  if (wall % dayMs !== 0) return false;
  if (grain === "day") return true;
  const date = new Date(wall);
  return date.getUTCDate() === 1 && (grain === "month" || date.getUTCMonth() === 0);
}

const year: Intl.DateTimeFormatOptions = { year: "numeric" };
const monthYear: Intl.DateTimeFormatOptions = { year: "numeric", month: "short" };
const monthDay: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
const date: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", day: "numeric" };
const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const clockSeconds: Intl.DateTimeFormatOptions = { ...clock, second: "2-digit" };
const clockMs: Intl.DateTimeFormatOptions = { ...clockSeconds, fractionalSecondDigits: 3 };

const full: Readonly<Record<Grain, Intl.DateTimeFormatOptions>> = {
  year,
  month: monthYear,
  day: date,
  minute: { ...date, ...clock },
  second: { ...date, ...clockSeconds },
  millisecond: { ...date, ...clockMs },
};

type Labels = { unit: "day" | "year"; plain: Intl.DateTimeFormatOptions; turn: Intl.DateTimeFormatOptions };

const labels: Readonly<Record<Grain, Labels>> = {
  year: { unit: "year", plain: year, turn: year },
  month: { unit: "year", plain: { month: "short" }, turn: year },
  day: { unit: "year", plain: monthDay, turn: date },
  minute: { unit: "day", plain: clock, turn: monthDay },
  second: { unit: "day", plain: clockSeconds, turn: monthDay },
  millisecond: { unit: "day", plain: clockMs, turn: monthDay },
};
