import { range } from "d3-array";
import type { HistogramPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { findColumn } from "../frame/frame.ts";
import { createBuckets } from "./buckets.ts";
import { countOf } from "./count.ts";
import { gatherTicks, type HorizontalTick } from "./density.ts";
import { seriesToColumns } from "./drawn-series.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { formatFull, formatTicks, type NumberFormat } from "./number-format.ts";
import { drawEmpty, drawPlot, gutterPx, percent, seriesClass, seriesMark, stepsFor, verticalAxis } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { measureFormat, readNumbers, type SeriesSet } from "./series.ts";
import { drawDataTable } from "./spoken.ts";
import { textWidthPx } from "./text-width.ts";
import { createValueAxis, rangeOf, type ValueAxis, withZero } from "./value-axis.ts";

/** Histograms: how many rows have values of each size. Rows without a value do not count. */
export const histogramKind: Kind<HistogramPanel> = {
  columns: ({ value }) => [value],
  draw: drawHistogram,
};

const countFormat: NumberFormat = { unit: "number", decimals: 0 };

function drawHistogram(panel: HistogramPanel, input: PanelInput): Drawing {
  const { frame, styleOf, voice, title, effort } = input;
  const column = findColumn(frame, panel.value);
  if (!effort.take(frame.length * 2)) return { ok: false, error: "too_large" };
  const numbers = column && readNumbers(column);
  if (numbers === undefined) return { ok: false, error: "column_missing" };
  const style = styleOf(panel.value);
  const format = measureFormat(style);
  const values = Float64Array.from(numbers).filter((value) => !Number.isNaN(value));
  const { edges, counts } = createBuckets(values, format, panel.buckets);
  const names = bucketNames(edges, format, voice);
  const inWords = toSet({ kind: "words", values: names, style }, counts);
  // Where one begins says how wide it is by the next: a single one is sent in words.
  const starts = toSet({ kind: "number", values: edges.slice(0, -1), style }, counts);
  const columns = seriesToColumns(counts.length === 1 ? inWords : starts);
  if (values.length === 0) return drawEmpty(columns);
  const vertical = createValueAxis(withZero(rangeOf([counts])), stepsFor(input, false), countFormat, voice);
  const body = drawPlot({
    summary: summarizeBuckets(values, counts, names, { title: style.title, format }, voice),
    legend: nothing,
    horizontal: edgeTicks(edges, format, gutterPx(vertical), voice),
    vertical,
    marks: drawBuckets(counts, vertical),
    table: drawDataTable(title, inWords, voice),
  });
  const axes = { x: { scale: "slots", count: counts.length }, y: verticalAxis(vertical) } as const;
  return { ok: true, body, columns, axes };
}

function toSet(positions: SeriesSet["positions"], counts: readonly number[]): SeriesSet {
  return {
    positions,
    series: [{ title: "Count", format: countFormat, at: counts.map((_, index) => index), values: counts }],
  };
}

/** A bucket that holds anything is seen: by some pixel of height. */
const leastHeight = 0.005;

function drawBuckets(counts: readonly number[], vertical: ValueAxis): Safe {
  const width = percent(1 / counts.length);
  const rects = counts.map((count, index) => {
    if (count === 0) return nothing;
    const height = Math.max(leastHeight, vertical.at(count));
    return html`<rect x="${percent(index / counts.length)}" width="${width}" y="${percent(1 - height)}" height="${percent(height)}"/>`;
  });
  return html`<g class="dj-bar dj-parted ${seriesClass(0)}"${seriesMark(0)}>${rects}</g>`;
}

/** Returns what each bucket holds, in words: `50 to 100`. */
function bucketNames(edges: readonly number[], format: NumberFormat, voice: Voice): string[] {
  const texts = edges.map((edge) => formatFull(edge, format, voice));
  return texts.slice(0, -1).map((text, index) => `${text} to ${texts[index + 1]!}`);
}

/** Returns labels at the edges of buckets: at each if they fit, else at every second, fifth, tenth ... that is round. */
function edgeTicks(edges: readonly number[], format: NumberFormat, gutterPx: number, voice: Voice): HorizontalTick[] {
  const last = edges.length - 1;
  const step = (edges[last]! - edges[0]!) / last;
  const units = Math.round(edges[0]! / step);
  return gatherTicks((widthPx) => {
    for (const every of [1, 2, 5, 10, 20, 50, 100]) {
      const indices = range(edges.length).filter((index) => (units + index) % every === 0);
      const labels = labelEdges(edges, indices, step * every, format, voice);
      const neededPx = Math.max(...labels.map(({ text }) => textWidthPx(text))) + 14;
      if (indices.length > 1 && neededPx <= (widthPx / last) * every) return labels;
    }
    return labelEdges(edges, [0, last], step * last, format, voice);
  }, gutterPx);
}

function labelEdges(
  edges: readonly number[],
  indices: readonly number[],
  step: number,
  format: NumberFormat,
  voice: Voice,
) {
  const texts = formatTicks(
    indices.map((index) => edges[index]!),
    step,
    format,
    voice,
  );
  return indices.map((index, place) => ({ at: index / (edges.length - 1), text: texts[place]! }));
}

function summarizeBuckets(
  values: Float64Array,
  counts: readonly number[],
  names: readonly string[],
  { title, format }: { title: string; format: NumberFormat },
  voice: Voice,
): string {
  const { min, max } = rangeOf([values]);
  const text = (value: number) => formatFull(value, format, voice);
  const most = Math.max(...counts);
  const span = min === max ? `all ${text(min)}` : `from ${text(min)} to ${text(max)}`;
  const fullest = `The fullest is ${names[counts.indexOf(most)]!}, with ${formatFull(most, countFormat, voice)}.`;
  const inBuckets = `in ${countOf(counts.length, "bucket", voice)}`;
  return `Histogram of ${title}. ${countOf(values.length, "value", voice)}, ${span}, ${inBuckets}. ${fullest}`;
}
