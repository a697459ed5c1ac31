import type { AreaPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { bucketsFor, downsample } from "./downsample.ts";
import { pickPoints, seriesToColumns } from "./drawn-series.ts";
import { continuousTicks, sharesOf } from "./horizontal-axis.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawLegend, lastValues } from "./legend.ts";
import { drawStrokes } from "./line.ts";
import { areaPath, splitAtGaps, toPoint } from "./path.ts";
import { drawCanvas, drawEmpty, drawPlot, seriesClass, stepsFor } from "./plot.ts";
import { html, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type SeriesSet } from "./series.ts";
import { drawDataTable, summarize } from "./spoken.ts";
import { stackSeries } from "./stack.ts";
import { createValueAxis, rangeOf, type ValueAxis, withZero } from "./value-axis.ts";

/**
 * Areas, one on the other or all from zero. In a stack a series without a value counts as nothing;
 * where none has one there is a gap.
 */
export const areaKind: Kind<AreaPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawArea,
};

/** From where to where an area reaches at one position; null at a gap. */
type Span = readonly [from: number, to: number] | null;

function drawArea(panel: AreaPanel, input: PanelInput): Drawing {
  const unaligned = frameToSeries(input.frame, panel, input.styleOf);
  if (typeof unaligned === "string") return { ok: false, error: unaligned };
  if (!hasValues(unaligned)) return drawEmpty(seriesToColumns(unaligned));
  const all = alignSeries(unaligned);
  const isStacked = panel.mode !== "overlapping";
  const spansOf = isStacked ? stackSpans : spansFromZero;
  const drawn = thin(all, spansOf(all));
  const spans = spansOf(drawn);
  const { voice, title } = input;
  const range = withZero(rangeOf(spans.map((layer) => layer.flatMap((span) => span ?? []))));
  const vertical = createValueAxis(range, stepsFor(input, true), drawn.series[0]!.format, voice);
  const body = drawPlot({
    summary: summarize(isStacked ? "Stacked area chart" : "Area chart", all, voice),
    legend: drawLegend(lastValues(all.series, voice)),
    horizontal: continuousTicks(drawn.positions, voice),
    vertical,
    marks: drawCanvas(drawLayers(spans, sharesOf(drawn.positions), vertical, isStacked ? "dj-fill" : "dj-sheer")),
    table: drawDataTable(title, all, voice),
  });
  return { ok: true, body, columns: seriesToColumns(drawn) };
}

/** Draws the fills below all lines, so that none is dulled by the next. */
function drawLayers(
  spans: readonly (readonly Span[])[],
  shares: readonly number[],
  vertical: ValueAxis,
  fillClass: string,
): Safe[] {
  const fills: Safe[] = [];
  const lines: Safe[] = [];
  for (const [index, layer] of spans.entries()) {
    const className = seriesClass(index);
    const edge = (side: 0 | 1) =>
      splitAtGaps(layer.map((span, position) => span && toPoint(shares[position]!, vertical.at(span[side]))));
    const lower = edge(0);
    const upper = edge(1);
    const d = upper.map((run, order) => (run.length > 1 ? areaPath(run, lower[order]!) : "")).join("");
    if (d !== "") fills.push(html`<path class="${fillClass} ${className}" d="${d}"/>`);
    lines.push(drawStrokes(upper, className));
  }
  return [...fills, ...lines];
}

/** Leaves out the positions that no edge of any area needs. */
function thin(all: SeriesSet, spans: readonly (readonly Span[])[]): SeriesSet {
  const shares = sharesOf(all.positions);
  const buckets = bucketsFor(all.series.length ** 2);
  const needed = new Set<number>();
  for (const layer of spans) {
    const edge = layer.map((span) => span?.[1] ?? Number.NaN);
    for (const index of downsample(shares, edge, buckets)) needed.add(index);
  }
  const picks = [...needed].sort((a, b) => a - b);
  return pickPoints(
    all,
    all.series.map(() => picks),
  );
}

function spansFromZero({ series }: SeriesSet): Span[][] {
  return series.map(({ values }) => values.map((value) => (Number.isNaN(value) ? null : [0, value])));
}

function stackSpans(set: SeriesSet): Span[][] {
  const { series, positions } = set;
  const isGap = positions.values.map((_, index) => series.every(({ values }) => Number.isNaN(values[index]!)));
  return stackSeries(set).map((layer) => layer.map(([from, to], index) => (isGap[index] ? null : [from, to])));
}
