import type { ScatterPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { emptyColumns, pickPoints, seriesToColumns } from "./drawn-series.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, namesOf } from "./legend.ts";
import { canvasX, canvasY, dotPath } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, gutterPx, seriesClass, seriesMark, stepsFor, verticalAxis } from "./plot.ts";
import { html, nothing, type Safe, trustMarkup } from "./safe.ts";
import { closeToZero, createAcross } from "./scatter-axis.ts";
import { drawDotTable, summarizeDots } from "./scatter-speech.ts";
import { frameToSeries, type SeriesSet } from "./series.ts";
import { type Place, thinOut } from "./thin-out.ts";
import { drawThresholds, tellThresholds, withThresholds } from "./threshold-lines.ts";
import { drawDropped } from "./unplaced.ts";
import { createValueAxis, hasPlace, rangeOf, type Scale } from "./value-axis.ts";

/** Scatter plots: a dot for each row that has both values. */
export const scatterKind: Kind<ScatterPanel> = {
  columns: ({ x, y, series }) => [x, y, ...(series === "" ? [] : [series])],
  draw: drawScatter,
};

/** What a dot takes, in the markup and in the island. */
const charsPerDot = 48;

/** More dots than this cover each other on any screen. */
const maxDots = 8000;

function drawScatter(panel: ScatterPanel, input: PanelInput): Drawing {
  const all = frameToSeries(input, { x: panel.x, y: [panel.y], series: panel.series });
  if (typeof all === "string") return { ok: false, error: all };
  if (all.positions.kind === "words") return { ok: false, error: "column_missing" };
  const scales = { x: scaleOf(all.positions.kind === "time" ? "" : panel.xScale), y: scaleOf(panel.yScale) };
  const { set, lost } = keepPlaced(all, scales);
  const { voice, title, clickOf } = input;
  const note = drawDropped(lost);
  const { positions, series } = set;
  if (positions.kind === "words" || positions.values.length === 0) return drawEmpty(emptyColumns(all), note);
  const isSplit = panel.series !== "";
  const range = withThresholds(
    rangeOf(
      series.map(({ values }) => values),
      scales.y,
    ),
    panel.thresholds,
    scales.y,
  );
  const format = series[0]!.format;
  const near = scales.y === "log" ? range : closeToZero(range);
  const vertical = createValueAxis(near, stepsFor(input, isSplit), format, voice, scales.y);
  const across = createAcross(positions, scales.x, gutterPx(vertical), voice);
  const placed = series.map(({ at, values }) =>
    at.map((position, point) => [across.at(positions.values[position]!), vertical.at(values[point]!)] as const),
  );
  const picks = thinOut(placed, Math.max(series.length, Math.min(maxDots, Math.floor(input.roomChars / charsPerDot))));
  const isMany = picks.reduce((sum, { length }) => sum + length, 0) > manyDots;
  const dots = placed.map((places, index) => drawDots(places, picks[index]!, index, isMany));
  const plot = drawPlot({
    summary: summarizeDots(set, voice, tellThresholds(panel.thresholds, format, voice)),
    legend: isSplit ? drawLegend(namesOf(series), { clickOf, column: panel.series }) : nothing,
    horizontal: across.ticks,
    vertical,
    marks: html`${drawCanvas(dots)}${drawThresholds(panel.thresholds, vertical, format, voice)}`,
    table: drawDotTable(title, set, isSplit, voice),
  });
  const axes = { x: { scale: scales.x, from: across.from, to: across.to }, y: verticalAxis(vertical) };
  return { ok: true, body: html`${plot}${note}`, columns: seriesToColumns(pickPoints(set, picks)), axes };
}

function scaleOf(name: string): Scale {
  return name === "log" ? "log" : "linear";
}

/** Leaves out the rows that have no place on the axes, and counts those that have values. */
function keepPlaced(
  all: SeriesSet,
  scales: { readonly x: Scale; readonly y: Scale },
): { set: SeriesSet; lost: number } {
  let lost = 0;
  const picks = all.series.map(({ at, values }) => {
    const placed: number[] = [];
    for (const [point, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      if (hasPlace(value, scales.y) && hasPlace(Number(all.positions.values[at[point]!]), scales.x)) placed.push(point);
      else lost += 1;
    }
    return placed;
  });
  return { set: pickPoints(all, picks), lost };
}

/** Smaller and paler dots show more of so many. */
const manyDots = 2500;

/**
 * Draws dots as paths of which each lets the others shine through. Within one path dots that overlap
 * are no darker, so that neighbours are put into different ones.
 */
const layers = 3;

function drawDots(places: readonly Place[], picks: readonly number[], index: number, isMany: boolean): Safe {
  const data = new Array<string>(layers).fill("");
  for (const [order, pick] of picks.entries()) {
    const [across, up] = places[pick]!;
    data[order % layers] += dotPath(canvasX(across), canvasY(up));
  }
  const paths = data.map((d) => (d === "" ? nothing : html`<path d="${trustMarkup(d)}"/>`));
  return html`<g class="dj-dots${isMany ? " dj-many" : ""} ${seriesClass(index)}"${seriesMark(index)}>${paths}</g>`;
}
