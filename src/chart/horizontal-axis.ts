import { range, tickIncrement, ticks } from "d3-array";
import type { Voice } from "./intl.ts";
import { formatFull, formatTicks } from "./number-format.ts";
import type { Positions } from "./series.ts";
import { textWidthPx } from "./text-width.ts";
import { grainOf, labelTimes } from "./time-format.ts";
import { timeTicks } from "./time-ticks.ts";
import { drawable } from "./value-axis.ts";

/** How wide a plot is: the page's style shows the labels of the density that fits, and no others. */
export type Density = "t" | "n" | "c" | "m" | "w";

/** The narrowest plot of each density; chart.css switches some 55 px later, which the value axis takes. */
const plotPx: Readonly<Record<Density, number>> = { t: 200, n: 265, c: 365, m: 505, w: 765 };

/** Every density, from the narrowest. */
export const densities = Object.keys(plotPx) as readonly Density[];

/** A label below the plot. */
export type HorizontalTick = {
  /** From 0, the left edge of the plot, to 1. */
  readonly at: number;
  readonly text: string;
  /** The whole text where `text` is cut. */
  readonly title: string;
  readonly strong: boolean;
  readonly anchor: "start" | "middle" | "end";
  readonly densities: ReadonlySet<Density>;
};

type Label = { readonly at: number; readonly text: string; readonly title?: string; readonly strong?: boolean };

/** Returns the labels of a continuous axis, or of words that stand in the middle of equal slots. */
export function continuousTicks(positions: Positions, voice: Voice): HorizontalTick[] {
  if (positions.kind === "words") return slotTicks(positions, voice);
  const { values } = positions;
  if (values.length === 0) return [];
  const at = continuousScale(values);
  const from = drawable(values[0]!);
  const to = drawable(values.at(-1)!);
  // Numbers closer together than this have no round ones between them.
  if (to - from <= Math.max(Math.abs(from), Math.abs(to)) * 1e-12) {
    return gather(() => [{ at: at(values[0]!), text: slotLabels(positions, voice, [0])[0]!.text }]);
  }
  return gather((widthPx) => {
    if (positions.kind === "time") {
      const count = Math.min(10, Math.floor(widthPx / 56));
      return timeTicks(from, to, positions.zoned, count, voice).map(({ ms, ...label }) => ({ at: at(ms), ...label }));
    }
    const count = Math.min(10, Math.floor(widthPx / 64));
    const round = ticks(from, to, count);
    const increment = tickIncrement(from, to, count);
    const step = increment > 0 ? increment : -1 / increment;
    const texts = formatTicks(round, step, positions.style, voice);
    return round.map((value, index) => ({ at: at(value), text: texts[index]! }));
  });
}

/**
 * Returns the labels of slots of equal width: all of them if they fit, else those at round times where
 * slots stand there, else every second, third ... up to the last.
 */
export function slotTicks(positions: Positions, voice: Voice): HorizontalTick[] {
  const count = positions.values.length;
  return gather((widthPx) => {
    const slotPx = widthPx / count;
    let every = Math.max(1, Math.ceil(narrowestPx / slotPx));
    let labels = labelEvery(positions, every, voice);
    // Words may be cut to some six letters; a time or a number that is cut would be another one.
    const neededPx = () => (positions.kind === "words" ? Math.min(44, widestOf(labels, 13)) : widestOf(labels)) + 6;
    while (neededPx() > slotPx * every && every < count) {
      every += 1;
      labels = labelEvery(positions, every, voice);
    }
    if (positions.kind === "words") return labels.map((label) => cutLabel(label, slotPx * every - 6));
    const round = positions.kind === "time" && every > 1 ? roundSlots(positions, widthPx, voice) : [];
    return round.length > 1 ? round : labels;
  });
}

/** The width of a label of one or two letters: no label needs less. */
const narrowestPx = 16;

/** Returns the labels of every so many slots, counted from the last. */
function labelEvery(positions: Positions, every: number, voice: Voice): Label[] {
  const count = positions.values.length;
  const slots = range((count - 1) % every, count, every);
  const labels = slotLabels(positions, voice, slots);
  return slots.map((slot, index) => ({ at: (slot + 0.5) / count, ...labels[index]! }));
}

/** Returns the labels of the round times at which a slot stands, so that years begin in January. */
function roundSlots({ values, zoned }: Positions & { kind: "time" }, widthPx: number, voice: Voice): Label[] {
  const slots = new Map(values.map((ms, slot) => [ms, slot]));
  const round = timeTicks(values[0]!, values.at(-1)!, zoned, Math.min(10, Math.floor(widthPx / 56)), voice);
  return round.flatMap(({ ms, text, strong }) => {
    const slot = slots.get(ms);
    return slot === undefined ? [] : [{ at: (slot + 0.5) / values.length, text, strong }];
  });
}

/** Returns how wide the widest label is, of which only so many characters matter: thirteen take 44 px at the least. */
function widestOf(labels: readonly Label[], maxChars?: number): number {
  return labels.reduce((widestPx, { text }) => Math.max(widestPx, textWidthPx(text.slice(0, maxChars))), 0);
}

function cutLabel(label: Label, widthPx: number): Label {
  const text = cutText(label.text, widthPx);
  return text === label.text ? label : { ...label, text, title: label.text };
}

/** Returns where each position stands across the plot, from 0 to 1. */
export function sharesOf(positions: Positions): number[] {
  if (positions.kind !== "words") return positions.values.map(continuousScale(positions.values));
  const count = positions.values.length;
  return positions.values.map((_, index) => (index + 0.5) / count);
}

/** Returns where a time or number stands between the first and the last; the middle if they are the same. */
function continuousScale(values: readonly number[]): (value: number) => number {
  const from = drawable(values[0] ?? 0);
  const to = drawable(values.at(-1) ?? 0);
  return (value) => (from === to ? 0.5 : (drawable(value) - from) / (to - from));
}

/** Returns the label of each position, or of those at the indices given. */
function slotLabels(
  positions: Positions,
  voice: Voice,
  indices?: readonly number[],
): readonly { readonly text: string; readonly strong: boolean }[] {
  const pick = <V>(values: readonly V[]) => indices?.map((index) => values[index]!) ?? values;
  if (positions.kind === "words") return pick(positions.values).map((text) => ({ text, strong: false }));
  if (positions.kind === "number") {
    return pick(positions.values).map((value) => ({ text: formatFull(value, positions.style, voice), strong: false }));
  }
  const { zoned, values } = positions;
  return labelTimes({ values: pick(values), zoned }, grainOf({ values, zoned }, voice), voice);
}

/** Draws the labels for each density and joins those that are the same. */
function gather(labelsFor: (widthPx: number) => readonly Label[]): HorizontalTick[] {
  const gathered = new Map<string, Omit<HorizontalTick, "densities"> & { densities: Set<Density> }>();
  for (const density of densities) {
    for (const { at, text, title = "", strong = false } of labelsFor(plotPx[density])) {
      const anchor = anchorFor(at, textWidthPx(text), plotPx[density]);
      const key = JSON.stringify([at, text, strong, anchor]);
      const known = gathered.get(key);
      if (known !== undefined) known.densities.add(density);
      else gathered.set(key, { at, text, title, strong, anchor, densities: new Set([density]) });
    }
  }
  return [...gathered.values()].sort((a, b) => a.at - b.at);
}

/** A label may reach a little beyond the plot: to the left below the value axis, to the right into the padding. */
function anchorFor(at: number, labelPx: number, widthPx: number): "start" | "middle" | "end" {
  if (at * widthPx + 28 < labelPx / 2) return "start";
  return (1 - at) * widthPx + 14 < labelPx / 2 ? "end" : "middle";
}

/** Cuts a text to a width, with an ellipsis. */
function cutText(text: string, widthPx: number): string {
  if (textWidthPx(text) <= widthPx) return text;
  let room = widthPx - textWidthPx("…");
  let kept = "";
  for (const char of text) {
    room -= textWidthPx(char);
    if (room < 0) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}
