import type { LinePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { emptyColumns, seriesToColumns } from "./drawn-series.ts";
import { continuousTicks } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, lastValues } from "./legend.ts";
import { zeroNulls } from "./nulls.ts";
import { bridgeGaps, canvasXs, canvasYs } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, gutterPx, stepsFor, verticalAxis } from "./plot.ts";
import { horizontalAxis, sharesOf } from "./position-share.ts";
import { readLines } from "./read-lines.ts";
import { html } from "./safe.ts";
import { hasValues } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { drawStrokes } from "./strokes.ts";
import { drawThresholds, tellThresholds, withThresholds } from "./threshold-lines.ts";
import { drawDropped } from "./unplaced.ts";
import { createValueAxis, nearZero, rangeOf } from "./value-axis.ts";

/** Lines: values over times, numbers or words. A row without a value is a gap, unless the panel says else. */
export const lineKind: Kind<LinePanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawLine,
};

function drawLine(panel: LinePanel, input: PanelInput): Drawing {
  const { voice, title, clickOf } = input;
  const scale = panel.scale === "log" ? "log" : "linear";
  const read = readLines(input, panel, scale);
  if (typeof read === "string") return { ok: false, error: read };
  const note = drawDropped(read.dropped);
  if (!hasValues(read.set)) return drawEmpty(emptyColumns(read.set), note);
  // Zero has no place on a logarithmic axis, so there a row without a value stays a gap.
  const set = panel.nulls === "zero" && scale === "linear" ? zeroNulls(read.set) : read.set;
  const { series, positions } = set;
  const format = series[0]!.format;
  const measured = rangeOf(
    series.map(({ values }) => values),
    scale,
  );
  const marked = withThresholds(measured, panel.thresholds, scale);
  const range = scale === "log" ? marked : nearZero(marked);
  const vertical = createValueAxis(range, stepsFor(input, true), format, voice, scale);
  const xs = canvasXs(sharesOf(positions));
  const paths = series.map(({ at, values }, index) => {
    const trace = { xs: at.map((position) => xs[position]!), ys: canvasYs(values, vertical.at) };
    return drawStrokes(panel.nulls === "connect" ? bridgeGaps(trace) : trace, index);
  });
  const body = drawPlot({
    summary: summarize("Line chart", set, voice, tellThresholds(panel.thresholds, format, voice)),
    legend: drawLegend(lastValues(series, voice), { clickOf, column: panel.series }),
    horizontal: continuousTicks(positions, voice, gutterPx(vertical)),
    vertical,
    marks: html`${drawCanvas(paths)}${drawThresholds(panel.thresholds, vertical, format, voice)}`,
    table: drawDataTable(title, set, voice),
    click: { clickOf, column: panel.x },
  });
  return {
    ok: true,
    body: html`${body}${note}`,
    columns: seriesToColumns(set),
    axes: { x: horizontalAxis(positions), y: verticalAxis(vertical) },
  };
}
