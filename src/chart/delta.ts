import type { Voice } from "./intl.ts";
import { formatShort, type NumberFormat } from "./number-format.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { changesInUnit } from "./unit.ts";

/** A change against an earlier number, or the distance from a target. */
export type Delta = {
  readonly direction: "up" | "down" | "flat";
  /** Its size in words, without a sign: `8.2%`, `12 ms`, `0.07 pp`. */
  readonly text: string;
  readonly mood: "good" | "bad" | "neutral";
  /** The direction, for those who do not see it. */
  readonly spoken: string;
};

/** What a number is compared with: itself at an earlier time, or what it should be. */
export type Yardstick = "earlier" | "target";

/**
 * Returns the change from one number to another; undefined when either is NaN. A target that is reached
 * is good, exactly or not; a number that stayed as it was is neither. Shares change by
 * percentage points and durations by time; other numbers by percent of the earlier one, or by
 * themselves when that is zero or of another sign.
 *
 * @param better which change is good news, as panel.proto names it
 */
export function compareNumbers(
  now: number,
  before: number,
  {
    format,
    better,
    voice,
    against = "earlier",
  }: {
    readonly format: NumberFormat;
    readonly better: string;
    readonly voice: Voice;
    readonly against?: Yardstick;
  },
): Delta | undefined {
  const change = now - before;
  if (!Number.isFinite(change)) return undefined;
  const ratio = Math.abs(change / before);
  const inUnit = changesInUnit(format.unit) || before === 0 || now * before < 0 || !(ratio < 100);
  // Tenths of a percent: more would be noise.
  const tenths = Math.round(ratio * 1000) / 1000;
  const shown = inUnit ? Math.abs(change) : tenths;
  const text = inUnit
    ? changeInUnit(shown, format, voice)
    : formatShort(tenths, { unit: "ratio", decimals: undefined }, voice);
  // What reads as nothing is nothing: an arrow beside 0.00 would say otherwise.
  const isFlat = shown === 0 || text === (inUnit ? changeInUnit(0, format, voice) : undefined);
  const direction = isFlat ? "flat" : change > 0 ? "up" : "down";
  return { direction, text, mood: moodOf(direction, better, against), spoken: spoken[against][direction] };
}

/** Draws a change as a pill: the arrow tells the direction, the colour whether it is good. */
export function drawDelta({ direction, text, mood, spoken }: Delta): Safe {
  const arrow =
    direction === "flat"
      ? nothing
      : html`<svg class="dj-arrow" viewBox="0 0 8 7" aria-hidden="true"><path d="${arrows[direction]}"/></svg>`;
  return html`<span class="dj-pill dj-${mood}">${arrow}<span class="dj-sr">${spoken} </span>${text}</span>`;
}

const arrows = { up: "M4 0l4 7h-8z", down: "M4 7l4-7h-8z" } as const;
const spoken = {
  earlier: { up: "up", down: "down", flat: "unchanged," },
  target: { up: "above by", down: "below by", flat: "reached," },
} as const;

function changeInUnit(size: number, format: NumberFormat, voice: Voice): string {
  if (format.unit !== "percent" && format.unit !== "ratio") return formatShort(size, format, voice);
  const points = format.unit === "ratio" ? size * 100 : size;
  // Below a tenth of a point the number would grow long; there its column's own decimals say enough.
  const decimals = points < 0.1 && format.decimals !== undefined ? Math.max(2, format.decimals) : undefined;
  return `${formatShort(points, { unit: "number", decimals }, voice)}\u00a0pp`;
}

function moodOf(direction: Delta["direction"], better: string, against: Yardstick): Delta["mood"] {
  if (better === "neither") return "neutral";
  if (direction === "flat") return against === "target" ? "good" : "neutral";
  return (direction === "down") === (better === "lower") ? "good" : "bad";
}
