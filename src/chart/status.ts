import type { Threshold } from "../../gen/datajetty/dashboards/v1/panel_pb.js";

/** The class that gives a status its colours, and how it is told to those who do not see them, by its name in panel.proto. */
const statuses: ReadonlyMap<string, { readonly className: string; readonly word: string }> = new Map([
  ["ok", { className: "dj-good", word: "good" }],
  ["warn", { className: "dj-warn", word: "a warning" }],
  ["bad", { className: "dj-bad", word: "bad" }],
]);

/** Returns the class of a status's colours; that of neither good nor bad for `neutral`, none and one that is unknown. */
export function statusClass(status: string): string {
  return statuses.get(status)?.className ?? "dj-neutral";
}

/** Returns what a status is called where it is heard; undefined where it is neither good nor bad. */
export function statusWord(status: string): string | undefined {
  return statuses.get(status)?.word;
}

/**
 * Returns the status of a value: that of the highest threshold that it reaches, `neutral` where that
 * names none. Undefined for NaN and below all thresholds.
 */
export function statusOf(value: number, thresholds: readonly Threshold[]): string | undefined {
  let reached: Threshold | undefined;
  for (const threshold of thresholds) {
    if (value >= threshold.value && threshold.value >= (reached?.value ?? Number.NEGATIVE_INFINITY))
      reached = threshold;
  }
  return reached && (reached.status || "neutral");
}
