import type { Threshold } from "../../gen/datajetty/dashboards/v1/panel_pb.js";

/** The class that gives a status its colours, by its name in panel.proto. */
const classes: Readonly<Record<string, string>> = { ok: "dj-good", warn: "dj-warn", bad: "dj-bad" };

/** Returns the class of a status's colours; that of neither good nor bad for `neutral`, none and one that is unknown. */
export function statusClass(status: string): string {
  return Object.hasOwn(classes, status) ? classes[status]! : "dj-neutral";
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
