/** Whether the runtime knows the IANA time zone. */
export const isTimezone = remembered((name) => !throws(() => new Intl.DateTimeFormat("en", { timeZone: name })));

/** Whether the runtime can write numbers and dates in the BCP 47 language. */
export const isLocale = remembered(
  (name) => !throws(() => new Intl.Locale(name)) && Intl.DateTimeFormat.supportedLocalesOf(name).length > 0,
);

/** Each name can be written in many ways, of which few are used. */
const maxRemembered = 1_000;

/** Asks once for each name that is known: the runtime takes as long for an answer as a kept page takes in all. */
function remembered(isKnown: (name: string) => boolean): (name: string) => boolean {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return true;
    if (!isKnown(name)) return false;
    if (known.size >= maxRemembered) known.clear();
    known.add(name);
    return true;
  };
}

function throws(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
