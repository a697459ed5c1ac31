import { LRUCache } from "lru-cache";

/** In which language and zone a dashboard speaks. Both are checked: a formatter takes them. */
export type Voice = {
  readonly locale: string;
  readonly timezone: string;
  /** Returns the formatter of numbers with these options. */
  number(options: Intl.NumberFormatOptions): Intl.NumberFormat;
  /** Returns the formatter of times with these options, in the dashboard's zone or in UTC. */
  time(options: Intl.DateTimeFormatOptions, zoned: boolean): Intl.DateTimeFormat;
  /** Says how far the zone is from UTC (`GMT+02:00`), in English for whoever reads it by program. */
  readonly offset: Intl.DateTimeFormat;
};

/**
 * Creates what makes voices. It keeps formatters for all of them, because making one takes longer
 * than using it a hundred times; 200 are kept, because each holds some 20 KB.
 */
export function createVoices(): (wanted: { locale: string; timezone: string }) => Voice {
  const numbers = new LRUCache<string, Intl.NumberFormat>({ max: 200 });
  const times = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });
  const number = (locale: string, options: Intl.NumberFormatOptions) =>
    keep(numbers, JSON.stringify([locale, options]), () => new Intl.NumberFormat(locale, options));
  const time = (locale: string, options: Intl.DateTimeFormatOptions) =>
    keep(times, JSON.stringify([locale, options]), () => new Intl.DateTimeFormat(locale, options));
  return (wanted) => {
    const locale = knownLocale(wanted.locale);
    const timezone = knownTimezone(wanted.timezone);
    return {
      locale,
      timezone,
      number: (options) => number(locale, options),
      time: (options, zoned) => time(locale, { ...options, timeZone: zoned ? timezone : "UTC" }),
      offset: time("en-US", { timeZone: timezone, timeZoneName: "longOffset" }),
    };
  };
}

function keep<V extends object>(cache: LRUCache<string, V>, key: string, make: () => V): V {
  const kept = cache.get(key);
  if (kept !== undefined) return kept;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Returns the locale, or `en-US` for what is empty or no language tag. */
function knownLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? "en-US";
  } catch {
    return "en-US";
  }
}

/** Returns the zone, or `UTC` for what is empty or not in the IANA database. */
function knownTimezone(timezone: string): string {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: timezone });
    return timezone === "" ? "UTC" : timezone;
  } catch {
    return "UTC";
  }
}
