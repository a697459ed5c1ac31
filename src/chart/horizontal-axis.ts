import { range, tickIncrement, ticks } from "d3-array";
import { cutText, gatherTicks, type HorizontalTick, type Label, usualGutterPx } from "./density.ts";
import type { Voice } from "./intl.ts";
import { formatTicks } from "./number-format.ts";
import { continuousScale } from "./position-share.ts";
import { positionValue } from "./position-value.ts";
import type { Positions } from "./series.ts";
import { positionNames } from "./spoken.ts";
import { textWidthPx } from "./text-width.ts";
import { grainOf, labelTimes } from "./time-format.ts";
import { timeTicks } from "./time-ticks.ts";
import { drawable } from "./value-axis.ts";

/**
 * Returns the labels of a continuous axis, or of words that stand in the middle of equal slots.
 *
 * @param gutterPx what the labels of the value axis take of the chart's width
 */
export function continuousTicks(positions: Positions, voice: Voice, gutterPx = usualGutterPx): HorizontalTick[] {
  if (positions.kind === "words") return slotTicks(positions, voice, { gutterPx });
  const { values } = positions;
  if (values.length === 0) return [];
  const at = continuousScale(values);
  const from = drawable(values[0]!);
  const to = drawable(values.at(-1)!);
  // Numbers closer together than this have no round ones between them.
  if (to - from <= Math.max(Math.abs(from), Math.abs(to)) * 1e-12) {
    return gatherTicks(() => [{ at: at(values[0]!), text: slotLabels(positions, voice, [0])[0]!.text }], gutterPx);
  }
  if (positions.kind === "time") return spanTicks({ from, to, zoned: positions.zoned }, at, voice, gutterPx);
  const mostThatFit = createFitting(64, (count) => {
    const round = ticks(from, to, count);
    const increment = tickIncrement(from, to, count);
    const step = increment > 0 ? increment : -1 / increment;
    const texts = formatTicks(round, step, positions.style, voice);
    return round.map((value, index) => ({ at: at(value), text: texts[index]! }));
  });
  return gatherTicks(mostThatFit, gutterPx);
}

/** Returns the labels of a span of time. Panels side by side mostly show the same one, so it is remembered. */
function spanTicks(
  { from, to, zoned }: { readonly from: number; readonly to: number; readonly zoned: boolean },
  at: (ms: number) => number,
  voice: Voice,
  gutterPx: number,
): HorizontalTick[] {
  // Their gutters differ a little: each gets the labels of the next wider one that is a multiple of this.
  const roundPx = Math.ceil(gutterPx / 12) * 12;
  const span = `${from} ${to} ${zoned}`;
  return voice.remember(`ticks ${span} ${roundPx}`, () => {
    const mostThatFit = voice.remember(`labels ${span}`, () =>
      createFitting(56, (count) =>
        timeTicks(from, to, zoned, count, voice).map(({ ms, text, strong }) => ({ at: at(ms), text, strong })),
      ),
    );
    return gatherTicks(mostThatFit, roundPx);
  });
}

/**
 * Creates what returns as many labels as do not touch on a plot so wide, ten at most: what is round is
 * not known before, nor how it reads. Those of each count are made once, for plots of all widths.
 *
 * @param leastPx what a label takes of the width at the least
 */
function createFitting(
  leastPx: number,
  labelsFor: (count: number) => readonly Label[],
): (widthPx: number) => readonly Label[] {
  const made: { readonly labels: readonly Label[]; readonly neededPx: number }[] = [];
  const ofCount = (count: number) => {
    if (made[count] === undefined) {
      const labels = labelsFor(count);
      made[count] = { labels, neededPx: neededWidthPx(labels) };
    }
    return made[count];
  };
  return (widthPx) => {
    for (let count = Math.min(10, Math.floor(widthPx / leastPx)); count > 1; count -= 1) {
      const { labels, neededPx } = ofCount(count);
      if (neededPx <= widthPx) return labels;
    }
    return ofCount(1).labels;
  };
}

/** Returns how wide the narrowest plot is on which labels do not touch. */
function neededWidthPx(labels: readonly Label[]): number {
  let neededPx = 0;
  for (let index = 1; index < labels.length; index += 1) {
    const [label, next] = [labels[index - 1]!, labels[index]!];
    const betweenPx = (textWidthPx(label.text, label.strong) + textWidthPx(next.text, next.strong)) / 2 + 6;
    neededPx = Math.max(neededPx, betweenPx / (next.at - label.at));
  }
  return neededPx;
}

/**
 * Returns the labels of slots of equal width: all of them if they fit, else those at round times where
 * slots stand there, else every second, third ... up to the last. Many slots of a span of time have
 * the labels of the span.
 *
 * @param from where counting starts: the last by default, because it matters most where slots are bars
 * @param most how many labels there are at most
 * @param gutterPx what the labels of the value axis take of the chart's width
 */
export function slotTicks(
  positions: Positions,
  voice: Voice,
  {
    from = "last",
    most = Number.POSITIVE_INFINITY,
    gutterPx = usualGutterPx,
  }: { from?: "first" | "last"; most?: number; gutterPx?: number } = {},
): HorizontalTick[] {
  const count = positions.values.length;
  if (positions.kind === "time" && count > manySlots && areEven(positions.values)) {
    const { values, zoned } = positions;
    const [start, end] = [values[0]!, values.at(-1)!];
    const step = (end - start) / (count - 1);
    // A slot is as wide as a step, and its time stands in its middle.
    const at = (ms: number) => ((ms - start) / step + 0.5) / count;
    return spanTicks({ from: start - step / 2, to: end + step / 2, zoned }, at, voice, gutterPx);
  }
  const labelsOf = createSlotLabels(positions, voice);
  return gatherTicks((widthPx) => {
    const slotPx = widthPx / count;
    let every = Math.max(1, Math.ceil(narrowestPx / slotPx), Math.ceil(count / most));
    let labels = labelEvery(positions, every, from, labelsOf);
    // Words may be cut to some six letters; a time or a number that is cut would be another one.
    const neededPx = () => (positions.kind === "words" ? Math.min(44, widestOf(labels, 13)) : widestOf(labels)) + 8;
    while (neededPx() > slotPx * every && every < count) {
      every = Math.min(count, Math.max(every + 1, Math.floor(neededPx() / slotPx)));
      labels = labelEvery(positions, every, from, labelsOf);
    }
    if (positions.kind === "words") return labels.map((label) => cutLabel(label, slotPx * every - 6));
    const round = positions.kind === "time" && every > 1 ? roundSlots(positions, widthPx, voice) : [];
    return round.length > 1 ? round : labels;
  }, gutterPx);
}

/** More slots than this have no room for labels of their own: those of the span are rounder, and as many. */
const manySlots = 48;

/** Whether times are all as far apart, give or take a thousandth of their span. */
function areEven(values: readonly number[]): boolean {
  const start = values[0]!;
  const span = values.at(-1)! - start;
  const step = span / (values.length - 1);
  return values.every((value, index) => Math.abs(value - start - index * step) <= span / 1000);
}

/** The width of a label of one or two letters: no label needs less. */
const narrowestPx = 16;

/** Returns the labels of every so many slots, counted from the first or the last. */
function labelEvery(positions: Positions, every: number, from: "first" | "last", labelsOf: SlotLabels): Label[] {
  const count = positions.values.length;
  const slots = range(from === "first" ? 0 : (count - 1) % every, count, every);
  const labels = labelsOf(slots);
  return slots.map((slot, index) => ({
    at: (slot + 0.5) / count,
    value: positionValue(positions, slot),
    ...labels[index]!,
  }));
}

/** Returns the labels of the round times at which a slot stands, so that years begin in January. */
function roundSlots(positions: Positions & { kind: "time" }, widthPx: number, voice: Voice): Label[] {
  const { values, zoned } = positions;
  const slots = new Map(values.map((ms, slot) => [ms, slot]));
  const round = timeTicks(values[0]!, values.at(-1)!, zoned, Math.min(10, Math.floor(widthPx / 56)), voice);
  return round.flatMap(({ ms, text, strong }) => {
    const slot = slots.get(ms);
    if (slot === undefined) return [];
    return [{ at: (slot + 0.5) / values.length, text, strong, value: positionValue(positions, slot) }];
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

type SlotLabels = (indices: readonly number[]) => readonly { readonly text: string; readonly strong: boolean }[];

/** Returns the labels of the positions at the indices given. */
export function slotLabels(positions: Positions, voice: Voice, indices: readonly number[]): ReturnType<SlotLabels> {
  return createSlotLabels(positions, voice)(indices);
}

/** Creates what returns the labels of positions. A number is written once, however often it is asked for. */
function createSlotLabels(positions: Positions, voice: Voice): SlotLabels {
  if (positions.kind === "time") {
    const { zoned, values } = positions;
    const grain = grainOf({ values, zoned }, voice);
    return (indices) => labelTimes({ values: indices.map((index) => values[index]!), zoned }, grain, voice);
  }
  const name = positionNames(positions, voice);
  const known: string[] = [];
  return (indices) =>
    indices.map((index) => {
      known[index] ??= name(index);
      return { text: known[index], strong: false };
    });
}
