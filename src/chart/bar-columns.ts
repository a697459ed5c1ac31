import { range } from "d3-array";
import { scaleBand } from "d3-scale";
import type { BarPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { slotTicks } from "./horizontal-axis.ts";
import type { DrawnAxis, PanelInput } from "./kind.ts";
import { drawLegend, namesOf } from "./legend.ts";
import { drawCanvas, drawPlot, gutterPx, percent, seriesClass, seriesMark, stepsFor, verticalAxis } from "./plot.ts";
import { html, nothing, type Safe, trustMarkup } from "./safe.ts";
import type { SeriesSet } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { barLayers, type Layer, rangeOfLayers } from "./stack.ts";
import { drawThresholds, tellThresholds, withThresholds } from "./threshold-lines.ts";
import { createValueAxis, type ValueAxis, withZero } from "./value-axis.ts";

/** More bars than this are so thin that nobody sees whether their corners are round; a path of them is a fifth as long. */
const maxRounded = 80;

/** Draws upright bars, for each series its own, and says where they stand. */
export function drawColumns(
  panel: BarPanel,
  set: SeriesSet,
  input: PanelInput,
): { readonly body: Safe; readonly axes: { readonly x: DrawnAxis; readonly y: DrawnAxis } } {
  const { voice, title, clickOf } = input;
  const isStacked = panel.mode === "stacked";
  const layers = barLayers(set, isStacked);
  const hasLegend = set.series.length > 1;
  const format = set.series[0]!.format;
  const range = withThresholds(withZero(rangeOfLayers(layers)), panel.thresholds);
  const vertical = createValueAxis(range, stepsFor(input, hasLegend), format, voice);
  const count = set.positions.values.length;
  const bands = createBands(count, isStacked ? 1 : set.series.length);
  const isThin = count * (isStacked ? 1 : set.series.length) > maxRounded;
  const marks = layers.map((layer, index) => {
    const bars = layerBars(layer, bands, isStacked ? 0 : index, vertical);
    const className = `${isStacked && !isThin ? "dj-bar dj-parted" : "dj-bar"} ${seriesClass(index)}`;
    if (isThin) return drawThin(bars, html`class="${className}"${seriesMark(index)}`);
    return html`<g class="${className}"${seriesMark(index)}>${bars.map(drawRounded)}</g>`;
  });
  const kind = isStacked ? "Stacked bar chart" : "Bar chart";
  const body = drawPlot({
    summary: summarize(kind, set, voice, tellThresholds(panel.thresholds, format, voice)),
    legend: hasLegend ? drawLegend(namesOf(set.series), { clickOf, column: panel.series }) : nothing,
    horizontal: slotTicks(set.positions, voice, { gutterPx: gutterPx(vertical) }),
    vertical,
    marks: html`${isThin ? drawCanvas(marks) : marks}${drawThresholds(panel.thresholds, vertical, format, voice)}`,
    table: drawDataTable(title, set, voice),
    click: { clickOf, column: panel.x },
  });
  return { body, axes: { x: { scale: "slots", count }, y: verticalAxis(vertical) } };
}

/** Where bars stand, as shares of the plot's width: side by side within slots of one width. */
type Bands = { readonly width: number; readonly left: (slot: number, place: number) => number };

function createBands(slots: number, perSlot: number): Bands {
  // Few bars are kept slim, or each would be a wall.
  const filled = (perSlot === 1 ? 0.58 : 0.76) * Math.min(1, (slots * perSlot + 2) / 8);
  // Where slots stand is worked out, because a band scale would look up each of hundreds.
  const slotWidth = 1 / slots;
  const margin = (slotWidth * (1 - filled)) / 2;
  const bar = scaleBand(range(perSlot), [margin, slotWidth - margin]).paddingInner(0.08);
  const lefts = bar.domain().map((place) => bar(place)!);
  return { width: bar.bandwidth(), left: (slot, place) => slot * slotWidth + lefts[place]! };
}

/** A bar, in shares of the plot from its bottom left. */
type Bar = { readonly left: number; readonly width: number; readonly low: number; readonly high: number };

/** Returns the bars of a layer, the nth of those that stand side by side in each slot. None stands where there is nothing to see. */
function layerBars({ from, to }: Layer, bands: Bands, place: number, vertical: ValueAxis): Bar[] {
  const bars: Bar[] = [];
  for (let slot = 0; slot < from.length; slot += 1) {
    const [start, end] = [from[slot]!, to[slot]!];
    if (start === end || Number.isNaN(start)) continue;
    const [low, high] = [vertical.at(Math.min(start, end)), vertical.at(Math.max(start, end))];
    bars.push({ left: bands.left(slot, place), width: bands.width, low, high });
  }
  return bars;
}

function drawRounded({ left, width, low, high }: Bar): Safe {
  const across = html`x="${percent(left)}" width="${percent(width)}"`;
  return html`<rect ${across} y="${percent(1 - high)}" height="${percent(high - low)}" rx="2"/>`;
}

/** Draws bars as one path on a canvas, to a tenth of its units: whole ones would make some of them twice as wide. */
function drawThin(bars: readonly Bar[], attributes: Safe): Safe {
  let d = "";
  for (const { left, width, low, high } of bars) {
    const across = tenths(width);
    d += `M${tenths(left)} ${tenths(1 - high)}h${across}v${tenths(high - low)}h-${across}z`;
  }
  return d === "" ? nothing : html`<path ${attributes} d="${trustMarkup(d)}"/>`;
}

/** Writes a share of the canvas in its units, to a tenth, by whole numbers: those are written in a fifth of the time. */
function tenths(share: number): string {
  const all = Math.round(share * 10_000);
  const rest = all % 10;
  return rest === 0 ? `${all / 10}` : `${(all - rest) / 10}.${rest}`;
}
