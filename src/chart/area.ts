import type { AreaPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { emptyColumns, seriesToColumns } from "./drawn-series.ts";
import { continuousTicks } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, lastValues } from "./legend.ts";
import { bridgeNulls, zeroNulls } from "./nulls.ts";
import { canvasXs, canvasYs, fillPath } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, gutterPx, seriesClass, seriesMark, stepsFor, verticalAxis } from "./plot.ts";
import { horizontalAxis, sharesOf } from "./position-share.ts";
import { readAreas } from "./read-areas.ts";
import { html, type Safe, trustMarkup } from "./safe.ts";
import { hasValues } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { type Layer, layersFromZero, rangeOfLayers, stackSeries } from "./stack.ts";
import { drawStrokes } from "./strokes.ts";
import { drawThresholds, tellThresholds, withThresholds } from "./threshold-lines.ts";
import { createValueAxis, type ValueAxis, withZero } from "./value-axis.ts";

/** Areas, one on the other or all from zero. */
export const areaKind: Kind<AreaPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawArea,
};

function drawArea(panel: AreaPanel, input: PanelInput): Drawing {
  const { voice, title, clickOf } = input;
  const isStacked = panel.mode !== "overlapping";
  const read = readAreas(input, panel, isStacked);
  if (typeof read === "string") return { ok: false, error: read };
  if (!hasValues(read)) return drawEmpty(emptyColumns(read));
  const set = panel.nulls === "zero" ? zeroNulls(read) : read;
  const { series, positions } = set;
  const format = series[0]!.format;
  const shares = sharesOf(positions);
  const layers = (isStacked ? stackSeries : layersFromZero)(panel.nulls === "connect" ? bridgeNulls(set, shares) : set);
  const range = withThresholds(withZero(rangeOfLayers(layers)), panel.thresholds);
  const vertical = createValueAxis(range, stepsFor(input, true), format, voice);
  const kind = isStacked ? "Stacked area chart" : "Area chart";
  const areas = drawCanvas(drawLayers(layers, shares, vertical, isStacked ? "dj-fill" : "dj-sheer"));
  const body = drawPlot({
    summary: summarize(kind, set, voice, tellThresholds(panel.thresholds, format, voice)),
    legend: drawLegend(lastValues(series, voice), { clickOf, column: panel.series }),
    horizontal: continuousTicks(positions, voice, gutterPx(vertical)),
    vertical,
    marks: html`${areas}${drawThresholds(panel.thresholds, vertical, format, voice)}`,
    table: drawDataTable(title, set, voice),
    click: { clickOf, column: panel.x },
  });
  const axes = { x: horizontalAxis(positions), y: verticalAxis(vertical) };
  return { ok: true, body, columns: seriesToColumns(set), axes };
}

/** Draws the fills below all lines, so that none is dulled by the next. */
function drawLayers(
  layers: readonly Layer[],
  shares: readonly number[],
  vertical: ValueAxis,
  fillClass: string,
): Safe[] {
  const fills: Safe[] = [];
  const lines: Safe[] = [];
  const xs = canvasXs(shares);
  for (const [index, { from, to }] of layers.entries()) {
    const upper = { xs, ys: canvasYs(to, vertical.at) };
    const d = fillPath(upper, canvasYs(from, vertical.at));
    if (d !== "")
      fills.push(html`<path class="${fillClass} ${seriesClass(index)}"${seriesMark(index)} d="${trustMarkup(d)}"/>`);
    lines.push(drawStrokes(upper, index));
  }
  return [...fills, ...lines];
}
