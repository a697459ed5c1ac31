import type { AreaPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { bucketsFor, downsample } from "./downsample.ts";
import { emptyColumns, pickPoints, seriesToColumns } from "./drawn-series.ts";
import { continuousTicks, sharesOf } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, lastValues } from "./legend.ts";
import { drawStrokes } from "./line.ts";
import { areaPath, splitAtGaps, toPoint } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, seriesClass, stepsFor } from "./plot.ts";
import { html, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type SeriesSet } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { type Layer, layersFromZero, rangeOfLayers, stackSeries } from "./stack.ts";
import { createValueAxis, type ValueAxis, withZero } from "./value-axis.ts";

/** Areas, one on the other or all from zero. */
export const areaKind: Kind<AreaPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawArea,
};

function drawArea(panel: AreaPanel, input: PanelInput): Drawing {
  const rows = frameToSeries(input, panel);
  if (typeof rows === "string") return { ok: false, error: rows };
  if (!hasValues(rows)) return drawEmpty(emptyColumns(rows));
  const all = alignSeries(rows, input.effort);
  if (typeof all === "string") return { ok: false, error: all };
  const isStacked = panel.mode !== "overlapping";
  const layersOf = isStacked ? stackSeries : layersFromZero;
  const drawn = thin(all, layersOf(all));
  const layers = layersOf(drawn);
  const { voice, title } = input;
  const range = withZero(rangeOfLayers(layers));
  const vertical = createValueAxis(range, stepsFor(input, true), drawn.series[0]!.format, voice);
  const body = drawPlot({
    summary: summarize(isStacked ? "Stacked area chart" : "Area chart", all, voice),
    legend: drawLegend(lastValues(all.series, voice)),
    horizontal: continuousTicks(drawn.positions, voice),
    vertical,
    marks: drawCanvas(drawLayers(layers, sharesOf(drawn.positions), vertical, isStacked ? "dj-fill" : "dj-sheer")),
    table: drawDataTable(title, all, voice),
  });
  return { ok: true, body, columns: seriesToColumns(drawn) };
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
  const toRuns = (edge: Float64Array) =>
    splitAtGaps(
      Array.from(edge, (value, position) =>
        Number.isNaN(value) ? null : toPoint(shares[position]!, vertical.at(value)),
      ),
    );
  for (const [index, { from, to }] of layers.entries()) {
    const className = seriesClass(index);
    const lower = toRuns(from);
    const upper = toRuns(to);
    const d = upper.map((run, order) => (run.length > 1 ? areaPath(run, lower[order]!) : "")).join("");
    if (d !== "") fills.push(html`<path class="${fillClass} ${className}" d="${d}"/>`);
    lines.push(drawStrokes(upper, className));
  }
  return [...fills, ...lines];
}

/** Leaves out the positions that no edge of any area needs. */
function thin(all: SeriesSet, layers: readonly Layer[]): SeriesSet {
  const shares = sharesOf(all.positions);
  const buckets = bucketsFor(all.series.length ** 2);
  const needed = new Set<number>();
  for (const { to } of layers) for (const index of downsample(shares, to, buckets)) needed.add(index);
  const picks = [...needed].sort((a, b) => a - b);
  return pickPoints(
    all,
    all.series.map(() => picks),
  );
}
