import type { BarPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { drawBarList } from "./bar-list.ts";
import { pickPoints, seriesToColumns } from "./drawn-series.ts";
import { slotTicks } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend } from "./legend.ts";
import { drawEmpty, drawPlot, percent, seriesClass, stepsFor } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type SeriesSet } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { barSpans } from "./stack.ts";
import { createValueAxis, rangeOf, type ValueAxis, withZero } from "./value-axis.ts";

/** Bars, one a category. Rows of the same category and series add up. */
export const barKind: Kind<BarPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawBars,
};

/** More bars than this would be thinner than a pixel. */
const maxBars = 4000;
const maxSlots = 500;

function drawBars(panel: BarPanel, input: PanelInput): Drawing {
  const all = frameToSeries(input.frame, panel, input.styleOf);
  if (typeof all === "string") return { ok: false, error: all };
  if (!hasValues(all)) return drawEmpty(seriesToColumns(all));
  const { set, note } = limitSlots(alignSeries(all));
  const columns = seriesToColumns(set);
  const isStacked = panel.mode === "stacked";
  const drawHow = panel.orientation === "horizontal" ? drawBarList : drawColumns;
  return { ok: true, body: html`${drawHow(set, isStacked, input)}${note}`, columns };
}

function drawColumns(set: SeriesSet, isStacked: boolean, input: PanelInput): Safe {
  const { voice, title } = input;
  const spans = barSpans(set, isStacked);
  const hasLegend = set.series.length > 1;
  const range = withZero(rangeOf(spans.flat()));
  const vertical = createValueAxis(range, stepsFor(input, hasLegend), set.series[0]!.format, voice);
  const layout = { slots: set.positions.values.length, perSlot: isStacked ? 1 : set.series.length };
  const marks = spans.map((layer, index) => {
    const place = isStacked ? 0 : index;
    const rects = layer.map((span, slot) => drawColumn(span, slot, place, layout, vertical));
    return html`<g class="${isStacked ? "dj-bar dj-parted" : "dj-bar"} ${seriesClass(index)}">${rects}</g>`;
  });
  return drawPlot({
    summary: summarize(isStacked ? "Stacked bar chart" : "Bar chart", set, voice),
    legend: hasLegend ? drawLegend(set.series.map((one) => ({ title: one.title, value: "" }))) : nothing,
    horizontal: slotTicks(set.positions, voice),
    vertical,
    marks: html`${marks}`,
    table: drawDataTable(title, set, voice),
  });
}

function drawColumn(
  [from, to]: readonly [number, number],
  slot: number,
  place: number,
  { slots, perSlot }: { readonly slots: number; readonly perSlot: number },
  vertical: ValueAxis,
): Safe {
  if (from === to) return nothing;
  // Few bars are kept slim, or each would be a wall.
  const groupWidth = (perSlot === 1 ? 0.58 : 0.76) * Math.min(1, (slots * perSlot + 2) / 8);
  const width = groupWidth / perSlot;
  const left = slot + (1 - groupWidth) / 2 + place * width;
  const [low, high] = [vertical.at(from), vertical.at(to)].sort((a, b) => a - b) as [number, number];
  const size = width * (perSlot === 1 ? 1 : 0.92);
  return html`<rect x="${percent(left / slots)}" y="${percent(1 - high)}" width="${percent(size / slots)}" height="${percent(high - low)}" rx="2"/>`;
}

/** Keeps as many categories as can be told apart, the latest of times and the first of others, and says so. */
function limitSlots(set: SeriesSet): { set: SeriesSet; note: Safe } {
  const total = set.positions.values.length;
  const limit = Math.min(maxSlots, Math.floor(maxBars / set.series.length));
  if (total <= limit) return { set, note: nothing };
  const start = set.positions.kind === "time" ? total - limit : 0;
  const kept = Array.from({ length: limit }, (_, index) => start + index);
  const which = start > 0 ? "latest" : "first";
  return {
    set: pickPoints(
      set,
      set.series.map(() => kept),
    ),
    note: html`<p class="dj-foot">The ${which} ${limit} of ${total}</p>`,
  };
}
