import { LRUCache } from "lru-cache";

/** In which language and zone a dashboard speaks. Both are checked: a formatter takes them. */
export type Voice = {
  readonly locale: string;
  readonly timezone: string;
  /** Returns the formatter of numbers with these options. */
  number(options: Intl.NumberFormatOptions): Intl.NumberFormat;
  /** Returns the formatter of times with these options, in the dashboard's zone or in UTC. */
  time(options: Intl.DateTimeFormatOptions, zoned: boolean): Intl.DateTimeFormat;
  /** Returns how far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
  offsetMs(ms: number): number;
};

/**
 * Creates what makes voices. It keeps formatters for all of them, because making one takes longer
 * than using it a hundred times; 200 are kept, because each holds some 20 KB. The zones' offsets are
 * kept for the same reason.
 */
export function createVoices(): (wanted: { locale: string; timezone: string }) => Voice {
  const numbers = new LRUCache<string, Intl.NumberFormat>({ max: 200 });
  const times = new LRUCache<string, Intl.DateTimeFormat>({ max: 200 });
  const offsets = new LRUCache<string, number>({ max: 20_000 });
  const number = (locale: string, options: Intl.NumberFormatOptions) =>
    keep(numbers, JSON.stringify([locale, options]), () => new Intl.NumberFormat(locale, options));
  const time = (locale: string, options: Intl.DateTimeFormatOptions) =>
    keep(times, JSON.stringify([locale, options]), () => new Intl.DateTimeFormat(locale, options));
  const voices = new LRUCache<string, Voice>({ max: 100 });
  const createVoice = (wanted: { locale: string; timezone: string }): Voice => {
    const locale = knownLocale(wanted.locale);
    const timezone = knownTimezone(wanted.timezone);
    const zone = time("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
    return {
      locale,
      timezone,
      number: (options) => number(locale, options),
      // Ticks stand at the months of this calendar, whatever the language's own.
      time: (options, zoned) => time(locale, { ...options, calendar: "gregory", timeZone: zoned ? timezone : "UTC" }),
      offsetMs: (ms) => {
        const quarter = Math.floor(ms / quarterMs);
        return keep(offsets, `${timezone} ${quarter}`, () => readOffset(zone, quarter * quarterMs));
      },
    };
  };
  return (wanted) => keep(voices, `${wanted.locale} ${wanted.timezone}`, () => createVoice(wanted));
}

function keep<V extends {}>(cache: LRUCache<string, V>, key: string, make: () => V): V {
  const kept = cache.get(key);
  if (kept !== undefined) return kept;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Clocks are changed at quarters of an hour, as far as the IANA database goes back to 1970. */
const quarterMs = 900_000;

/** Reads an offset off Intl, which follows the IANA database: `GMT`, `GMT+02:00`, `GMT-00:01:15`. */
function readOffset(zone: Intl.DateTimeFormat, ms: number): number {
  const name = zone.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = "0"] = match;
  const size = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "+" ? size : -size;
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
