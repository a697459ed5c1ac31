/** What a panel says in place of its data, by `PanelState.error`. It blames nobody and names no system. */
const messages: Readonly<Record<string, string>> = {
  source_failed: "This data could not be read. Whoever made the dashboard can check the panel's source.",
  source_timeout: "The data took too long to arrive. It will be tried again at the next refresh.",
  source_unavailable: "The data is out of reach just now. It will be tried again at the next refresh.",
  column_missing: "The data lacks a column that this panel shows. Whoever made the dashboard can check its columns.",
  too_many_series: "The data has too many series to draw: at most 100 can be told apart.",
};

/** Returns what a panel says for an error. */
export function errorMessage(error: string): string {
  return messages[error] ?? "There is no data to show.";
}

/** Returns a span of seconds as it is spoken: `5 minutes`. */
export function spokenSpan(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= 2 * size || seconds === size) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Returns a count with its noun: `1 panel`, `14 panels`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const units = [
  [86_400, "day"],
  [3600, "hour"],
  [60, "minute"],
] as const;
