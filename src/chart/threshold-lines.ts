import type { Threshold } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { fitByDensity } from "./density.ts";
import type { Voice } from "./intl.ts";
import { formatFull, type NumberFormat } from "./number-format.ts";
import { densityClasses, gutterPx, percent } from "./plot.ts";
import { html, type Safe } from "./safe.ts";
import { statusClass } from "./status.ts";
import { textWidthPx } from "./text-width.ts";
import { hasPlace, type ValueAxis, type ValueRange, withValues } from "./value-axis.ts";

/** Widens a range, so that every threshold is on the axis, and above the highest there is room for its name. */
export function withThresholds(
  range: ValueRange,
  thresholds: readonly Threshold[],
  scale: ValueAxis["scale"] = "linear",
): ValueRange {
  const values = thresholds.map(({ value }) => value).filter((value) => hasPlace(value, scale));
  if (values.length === 0) return range;
  const wide = withValues(range, values, scale);
  const highest = Math.max(...values);
  const room = scale === "log" ? highest * ((wide.max / wide.min) ** 0.05 - 1) : (wide.max - wide.min) * 0.05;
  return withValues(wide, [highest + room], scale);
}

/** Returns a sentence that says where thresholds lie; empty where there are none. */
export function tellThresholds(thresholds: readonly Threshold[], format: NumberFormat, voice: Voice): string {
  if (thresholds.length === 0) return "";
  const words = thresholds.map(({ label, value }) => {
    const text = formatFull(value, format, voice);
    return label.trim() === "" ? text : `${label} at ${text}`;
  });
  return `Marked: ${words.join(", ")}.`;
}

/**
 * Draws thresholds over a plot: a dashed line each, in the colour of its status, with its name at the
 * right end above it. Where two are close, or the plot ends, a name stands below its line or at the
 * left end; the name that has no free place is told by the line only. What has no place on the axis
 * is left out.
 */
export function drawThresholds(
  thresholds: readonly Threshold[],
  axis: ValueAxis,
  format: NumberFormat,
  voice: Voice,
): Safe {
  const taken: Place[] = [];
  const lines: Safe[] = [];
  const names: Safe[] = [];
  const placed = thresholds.filter(({ value }) => hasPlace(value, axis.scale)).toSorted((a, b) => a.value - b.value);
  const heights = placed.map(({ value }) => axis.at(value));
  for (const [order, threshold] of placed.entries()) {
    const at = heights[order]!;
    const y = percent(1 - at);
    const name = thresholdName(threshold, format, voice);
    const mood = statusClass(threshold.status);
    lines.push(
      html`<line class="dj-threshold ${mood}" x1="0" x2="100%" y1="${y}" y2="${y}"><title>${name}</title></line>`,
    );
    const place = findPlace(at, textWidthPx(name), taken, heights);
    if (place === undefined) continue;
    taken.push(place);
    names.push(drawName(fitByDensity(name, gutterPx(axis)), mood, y, place));
  }
  // No line strikes through a name.
  return html`${lines}${names}`;
}

/** Returns what a threshold is called: its label, its value where it has none. */
function thresholdName({ label, value }: Threshold, format: NumberFormat, voice: Voice): string {
  return label.trim() === "" ? formatFull(value, format, voice) : label;
}

/** Where a name stands: at which end, around which height of the plot, how wide. */
type Place = {
  readonly side: "end" | "start";
  readonly isBelow: boolean;
  readonly middle: number;
  readonly widthPx: number;
};

/** How much of a plot's height a name takes: 16 px of the 150 of a low one. */
const nameShare = 0.11;

/** The narrowest plot, on which names at both ends must not meet. */
const narrowestPx = 200;

function findPlace(at: number, widthPx: number, taken: readonly Place[], lines: readonly number[]): Place | undefined {
  const places = (["end", "start"] as const).flatMap((side) =>
    [false, true].map((isBelow): Place => {
      const middle = at + (isBelow ? -nameShare : nameShare) / 2;
      return { side, isBelow, middle, widthPx };
    }),
  );
  // A name may reach a little over the top, into the space above the plot.
  const isOnPlot = ({ middle }: Place) => middle > nameShare / 2 - 0.01 && middle < 1 - nameShare / 2 + 0.05;
  const free = places.filter((place) => isOnPlot(place) && taken.every((other) => !meet(place, other)));
  const isClear = ({ middle }: Place) => lines.every((line) => line === at || Math.abs(line - middle) > nameShare / 2);
  return free.find(isClear) ?? free[0];
}

function meet(a: Place, b: Place): boolean {
  if (a.side !== b.side && a.widthPx + b.widthPx < narrowestPx) return false;
  return Math.abs(a.middle - b.middle) < nameShare - 0.001;
}

function drawName(fits: ReturnType<typeof fitByDensity>, mood: string, y: string, { side, isBelow }: Place): Safe {
  const x = side === "end" ? "100%" : "0";
  const texts = fits.map(({ text, densities }) => {
    const classes = ["dj-threshold", mood, `dj-${side}`, ...densityClasses(densities)].join(" ");
    return html`<text class="${classes}" x="${x}" y="${y}" dy="${isBelow ? 13 : -5}">${text}</text>`;
  });
  return html`${texts}`;
}
