/** Whether the runtime knows the IANA time zone. */
export function isTimezone(name: string): boolean {
  return !throws(() => new Intl.DateTimeFormat("en", { timeZone: name }));
}

/** Whether the runtime can write numbers and dates in the BCP 47 language. */
export function isLocale(name: string): boolean {
  return !throws(() => new Intl.Locale(name)) && Intl.DateTimeFormat.supportedLocalesOf(name).length > 0;
}

function throws(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
