import type { BarPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { drawClickable } from "./click.ts";
import type { PanelInput } from "./kind.ts";
import { drawLegend, namesOf } from "./legend.ts";
import { formatColumn } from "./number-format.ts";
import { percent, seriesClass, seriesMark } from "./plot.ts";
import { positionValue } from "./position-value.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { SeriesSet } from "./series.ts";
import { drawDataTable, positionNames, summarize } from "./spoken.ts";
import { barLayers, rangeOfLayers } from "./stack.ts";
import { drawable, shareWithin, withZero } from "./value-axis.ts";

/** A bar on its track: where it starts and how long it is, as shares of the track, its colour, and of which series it is. */
type Segment = {
  readonly start: number;
  readonly size: number;
  readonly className: string;
  readonly series?: number;
};

/**
 * Draws horizontal bars as a list: each category's name, its value, and the bars below them. Names
 * may be long, and the list scrolls where it does not fit.
 */
export function drawBarList(panel: BarPanel, set: SeriesSet, input: PanelInput): Safe {
  const { voice, title, clickOf } = input;
  const isStacked = panel.mode === "stacked";
  const { series, positions } = set;
  const layers = barLayers(set, isStacked);
  const toShare = shareWithin(withZero(rangeOfLayers(layers)));
  const segment = (index: number, position: number): Segment => {
    const { from, to } = layers[index]!;
    const start = toShare(from[position]!);
    const end = toShare(to[position]!);
    const size = Math.abs(end - start);
    return { start: Math.min(start, end), size, className: seriesClass(index), series: index };
  };
  const name = positionNames(positions, voice);
  const texts = series.map(({ values, format }) => formatColumn(values, format, voice));
  const totals = isStacked ? formatColumn(sums(set), series[0]!.format, voice) : undefined;
  let isClickable = false;
  const items = positions.values.map((_, position) => {
    const text = html`${name(position)}`;
    const value = positionValue(positions, position);
    const word = value === undefined ? text : drawClickable(clickOf, panel.x, value, text);
    isClickable ||= word !== text;
    const head = html`<span class="dj-name">${word}</span>`;
    if (totals !== undefined || series.length === 1) {
      const value = (totals ?? texts[0]!)[position]!;
      return html`<li>${head}<b>${value}</b>${drawTrack(series.map((_, index) => segment(index, position)))}</li>`;
    }
    const rows = series.map((_, index) => {
      const bar = drawTrack([segment(index, position)]);
      return html`${bar}<b${seriesMark(index)}>${texts[index]![position]!}</b>`;
    });
    return html`<li class="dj-grouped">${head}${rows}</li>`;
  });
  const summary = summarize(isStacked ? "Stacked bar chart" : "Bar chart", set, voice);
  // What can be clicked can be reached: then the list is no picture, and its picture is what is said of it.
  const list = isClickable
    ? html`<span class="dj-sr" role="img" aria-label="${summary}"></span><ul class="dj-bars">${items}</ul>`
    : html`<div role="img" aria-label="${summary}"><ul class="dj-bars" aria-hidden="true">${items}</ul></div>`;
  return html`
    ${series.length > 1 ? drawLegend(namesOf(series), { clickOf, column: panel.series }) : nothing}
    <div class="dj-scroll" tabindex="0" role="group" aria-label="${title}">${list}</div>
    ${drawDataTable(title, set, voice)}`;
}

/** Draws bars on one track; a single one is round at its ends. */
export function drawTrack(segments: readonly Segment[]): Safe {
  const rects = segments
    .filter(({ size }) => size > 0)
    .map(({ start, size, className, series }) => {
      const mark = series === undefined ? nothing : seriesMark(series);
      const x = start === 0 ? nothing : html` x="${percent(start)}"`;
      const round = segments.length === 1 ? " dj-round" : "";
      return html`<rect class="${className}${round}"${mark}${x} width="${percent(size)}" height="100%"/>`;
    });
  return html`<svg class="dj-track" aria-hidden="true">${rects}</svg>`;
}

function sums({ series, positions }: SeriesSet): number[] {
  return positions.values.map((_, position) =>
    series.reduce((sum, { values }) => drawable(sum + (drawable(values[position]!) || 0)), 0),
  );
}
