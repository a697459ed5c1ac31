/** Why a panel shows no data: in a few words, and what can be done. */
export type Refusal = { readonly what: string; readonly hint: string };

/** What a panel says in place of its data, by `PanelState.error`. It blames nobody and names no system. */
const refusals: Readonly<Record<string, Refusal>> = {
  source_failed: { what: "This data could not be read", hint: "Whoever made the dashboard can check its source." },
  source_timeout: { what: "This took too long to load", hint: "It will be tried again at the next refresh." },
  source_unavailable: { what: "This is out of reach just now", hint: "It will be tried again at the next refresh." },
  column_missing: { what: "A column is missing", hint: "Whoever made the dashboard can check which columns it names." },
  kind_unknown: { what: "This is not known here yet", hint: "It will show once the service is updated." },
  too_large: { what: "There is too much to show here", hint: "With fewer rows, columns or panels it would fit." },
  too_many_series: { what: "There are too many series", hint: "At most a hundred can be told apart." },
};

/** Returns what a panel says for an error. */
export function describeError(error: string): Refusal {
  return refusals[error] ?? { what: "There is no data to show", hint: "" };
}

/** Returns a span of seconds as it is spoken: `5 minutes`. */
export function spokenSpan(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= 2 * size || seconds === size) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

const units = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
] as const;
