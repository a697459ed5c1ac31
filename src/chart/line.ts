import type { LinePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { bucketsFor, downsample } from "./downsample.ts";
import { emptyColumns, pickPoints, seriesToColumns } from "./drawn-series.ts";
import { continuousTicks, sharesOf } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, lastValues } from "./legend.ts";
import { linePath, type Point, splitAtGaps, toPoint } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, seriesClass, stepsFor } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { frameToSeries, hasValues } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { createValueAxis, nearZero, rangeOf } from "./value-axis.ts";

/** Lines: values over times, numbers or words. A row without a value is a gap. */
export const lineKind: Kind<LinePanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawLine,
};

function drawLine(panel: LinePanel, input: PanelInput): Drawing {
  const all = frameToSeries(input, panel);
  if (typeof all === "string") return { ok: false, error: all };
  if (!hasValues(all)) return drawEmpty(emptyColumns(all));
  const allShares = sharesOf(all.positions);
  const buckets = bucketsFor(all.series.length);
  const drawn = pickPoints(
    all,
    all.series.map(({ at, values }) =>
      downsample(
        at.map((position) => allShares[position]!),
        values,
        buckets,
      ),
    ),
  );
  const { voice, title } = input;
  const range = nearZero(rangeOf(drawn.series.map(({ values }) => values)));
  const vertical = createValueAxis(range, stepsFor(input, true), drawn.series[0]!.format, voice);
  const shares = sharesOf(drawn.positions);
  const paths = drawn.series.map(({ at, values }, index) => {
    const points = at.map((position, point) => {
      const value = values[point]!;
      return Number.isNaN(value) ? null : toPoint(shares[position]!, vertical.at(value));
    });
    return drawStrokes(splitAtGaps(points), seriesClass(index));
  });
  const body = drawPlot({
    summary: summarize("Line chart", all, voice),
    legend: drawLegend(lastValues(all.series, voice)),
    horizontal: continuousTicks(drawn.positions, voice),
    vertical,
    marks: drawCanvas(paths),
    table: drawDataTable(title, all, voice),
  });
  return { ok: true, body, columns: seriesToColumns(drawn) };
}

/** Draws runs of points as lines, and a run of one as a dot: it has no length, and must be seen. */
export function drawStrokes(runs: readonly (readonly Point[])[], className: string): Safe {
  const lines = linePath(runs.filter((run) => run.length > 1));
  const dots = linePath(runs.filter((run) => run.length === 1));
  return html`${lines === "" ? nothing : html`<path class="dj-line ${className}" d="${lines}"/>`}${
    dots === "" ? nothing : html`<path class="dj-dot ${className}" d="${dots}"/>`
  }`;
}
