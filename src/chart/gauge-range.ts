import { nice } from "d3-array";
import type { GaugePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { scaleFor } from "./unit.ts";
import { drawable } from "./value-axis.ts";

/** From where to where a gauge runs, and where a value stands on it. */
export type GaugeRange = {
  readonly min: number;
  readonly max: number;
  /** Returns where a value stands, from 0 (the least) to 1 (the most); beyond the ends it stands at them. */
  readonly at: (value: number) => number;
};

/** What a whole is, in the units that have one. */
const wholes: Readonly<Record<string, number>> = { percent: 100, ratio: 1 };

/**
 * Returns a gauge's range: as its panel says, from 0 where it says nothing, to the whole in a unit
 * that has one, else to a round number that holds the value and all thresholds. On a range that
 * ends before it begins everything stands at its start.
 */
export function gaugeRange(panel: GaugePanel, value: number, unit: string): GaugeRange {
  const min = drawable(panel.min ?? 0);
  const max = drawable(panel.max ?? defaultMax(panel, min, value, unit));
  const at = (value: number) => (max > min ? Math.min(1, Math.max(0, (drawable(value) - min) / (max - min))) : 0);
  return { min, max, at };
}

function defaultMax({ thresholds }: GaugePanel, min: number, value: number, unit: string): number {
  const whole = Object.hasOwn(wholes, unit) ? wholes[unit]! : Number.NEGATIVE_INFINITY;
  if (whole > min) return whole;
  const held = thresholds.reduce((most, one) => Math.max(most, drawable(one.value)), drawable(value) || 0);
  const most = held > min ? held : min + (Math.abs(min) || 1);
  // Minutes are round where their seconds are not.
  const { divisor } = scaleFor(unit, Math.max(Math.abs(min), Math.abs(most)));
  return nice(min / divisor, most / divisor, 4)[1] * divisor;
}
