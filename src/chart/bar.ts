import { range } from "d3-array";
import { scaleBand } from "d3-scale";
import type { BarPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { drawBarList } from "./bar-list.ts";
import { emptyColumns, pickPoints, seriesToColumns } from "./drawn-series.ts";
import { slotTicks } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend } from "./legend.ts";
import { drawEmpty, drawPlot, percent, seriesClass, stepsFor } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type SeriesSet } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { barLayers, rangeOfLayers } from "./stack.ts";
import { createValueAxis, type ValueAxis, withZero } from "./value-axis.ts";

/** Bars, one a category. Rows of the same category and series add up. */
export const barKind: Kind<BarPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawBars,
};

/** More bars than this would be thinner than a pixel. */
const maxBars = 4000;
const maxSlots = 500;

function drawBars(panel: BarPanel, input: PanelInput): Drawing {
  const rows = frameToSeries(input, panel);
  if (typeof rows === "string") return { ok: false, error: rows };
  if (!hasValues(rows)) return drawEmpty(emptyColumns(rows));
  const all = alignSeries(rows, input.effort);
  if (typeof all === "string") return { ok: false, error: all };
  const { set, note } = limitSlots(all);
  const columns = seriesToColumns(set);
  const isStacked = panel.mode === "stacked";
  const drawHow = panel.orientation === "horizontal" ? drawBarList : drawColumns;
  return { ok: true, body: html`${drawHow(set, isStacked, input)}${note}`, columns };
}

function drawColumns(set: SeriesSet, isStacked: boolean, input: PanelInput): Safe {
  const { voice, title } = input;
  const layers = barLayers(set, isStacked);
  const hasLegend = set.series.length > 1;
  const vertical = createValueAxis(
    withZero(rangeOfLayers(layers)),
    stepsFor(input, hasLegend),
    set.series[0]!.format,
    voice,
  );
  const bands = createBands(set.positions.values.length, isStacked ? 1 : set.series.length);
  const marks = layers.map(({ from, to }, index) => {
    const rects = set.positions.values.map((_, slot) =>
      drawColumn([from[slot]!, to[slot]!], bands.left(slot, isStacked ? 0 : index), bands.width, vertical),
    );
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

/** Returns where bars stand, as shares of the plot's width: side by side within slots of one width. */
function createBands(slots: number, perSlot: number) {
  // Few bars are kept slim, or each would be a wall.
  const filled = (perSlot === 1 ? 0.58 : 0.76) * Math.min(1, (slots * perSlot + 2) / 8);
  const slot = scaleBand(range(slots), [0, 1])
    .padding(1 - filled)
    .paddingOuter((1 - filled) / 2);
  const bar = scaleBand(range(perSlot), [0, slot.bandwidth()]).paddingInner(0.08);
  return { width: bar.bandwidth(), left: (index: number, place: number) => slot(index)! + bar(place)! };
}

function drawColumn([from, to]: readonly [number, number], left: number, width: number, vertical: ValueAxis): Safe {
  if (from === to || Number.isNaN(from)) return nothing;
  const low = vertical.at(Math.min(from, to));
  const high = vertical.at(Math.max(from, to));
  const across = html`x="${percent(left)}" width="${percent(width)}"`;
  return html`<rect ${across} y="${percent(1 - high)}" height="${percent(high - low)}" rx="2"/>`;
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
