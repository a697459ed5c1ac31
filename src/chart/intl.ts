import { LRUCache } from "lru-cache";

/** In which language and zone a dashboard speaks. Both are checked: a formatter takes them. */
export type Voice = {
  readonly locale: string;
  readonly timezone: string;
  /**
   * Returns the formatter of numbers with the options that a key names: the same key, the same
   * options. They are asked for once, because making them takes longer than formatting by them.
   */
  number(key: string, options: () => Intl.NumberFormatOptions): Intl.NumberFormat;
  /**
   * Returns what writes times with these options, in the dashboard's zone or in UTC. Options are known
   * by their object.
   */
  time(options: Intl.DateTimeFormatOptions, zoned: boolean): (ms: number) => string;
  /** Compares words as the language sorts them, and numbers in them by size; 0 only where they are the same. */
  compareWords(a: string, b: string): number;
  /** Returns how far the zone's clocks are ahead of UTC at an instant, in milliseconds. */
  offsetMs(ms: number): number;
  /** Returns what was made under this key, or makes it: what panels side by side would each work out anew. */
  remember<V>(key: string, make: () => V): V;
};

/**
 * Creates what makes voices. Each keeps its formatters, because making one takes longer than using it
 * a hundred times, and each holds some 20 KB: 50 voices are kept, of usually thirty formatters.
 */
export function createVoices(): (wanted: { locale: string; timezone: string }) => Voice {
  const voices = new LRUCache<string, Voice>({ max: 50 });
  return ({ locale, timezone }) => {
    const key = `${locale} ${timezone}`;
    const kept = voices.get(key);
    if (kept !== undefined) return kept;
    const made = createVoice(knownLocale(locale), knownTimezone(timezone));
    voices.set(key, made);
    return made;
  };
}

function createVoice(locale: string, timezone: string): Voice {
  const zone = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
  const numbers = createMemo<string, Intl.NumberFormat>(100);
  const zonedTimes = createMemo<Intl.DateTimeFormatOptions, (ms: number) => string>(50);
  const plainTimes = createMemo<Intl.DateTimeFormatOptions, (ms: number) => string>(50);
  const offsets = createMemo<number, number>(5000);
  const things = createMemo<string, unknown>(100);
  let collator: Intl.Collator | undefined;
  const createWriter = (options: Intl.DateTimeFormatOptions, timeZone: string) => {
    // Ticks stand at the months of this calendar, whatever the language's own.
    const formatter = new Intl.DateTimeFormat(locale, { ...options, calendar: "gregory", timeZone });
    const texts = createMemo<number, string>(1000);
    return (ms: number) => texts(ms, () => formatter.format(ms));
  };
  return {
    locale,
    timezone,
    number: (key, options) => numbers(key, () => new Intl.NumberFormat(locale, options())),
    time: (options, zoned) =>
      zoned
        ? zonedTimes(options, () => createWriter(options, timezone))
        : plainTimes(options, () => createWriter(options, "UTC")),
    compareWords: (a, b) => {
      collator ??= new Intl.Collator(locale, { numeric: true });
      return collator.compare(a, b) || (a < b ? -1 : Number(a > b));
    },
    offsetMs: (ms) => {
      const quarter = Math.floor(ms / quarterMs);
      return offsets(quarter, () => readOffset(zone, quarter * quarterMs));
    },
    remember: <V>(key: string, make: () => V) => things(key, make) as V,
  };
}

/**
 * Creates a memory of at most so many things. When it is full it is emptied, which is as good as to
 * forget the oldest where a dashboard's own things fit, and costs less at each look.
 */
function createMemo<K, V>(max: number): (key: K, make: () => V) => V {
  const kept = new Map<K, V>();
  return (key, make) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (kept.size === max) kept.clear();
    kept.set(key, made);
    return made;
  };
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
