import { densities, type HorizontalTick } from "./horizontal-axis.ts";
import type { Drawing, DrawnColumn, PanelInput } from "./kind.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { ValueAxis } from "./value-axis.ts";

/** A chart on two axes, ready to be put together. */
export type Plot = {
  readonly summary: string;
  readonly legend: Safe;
  readonly horizontal: readonly HorizontalTick[];
  readonly vertical: ValueAxis;
  /** What stands on the plot, in percent of it. */
  readonly marks: Safe;
  /** The table behind the chart. */
  readonly table: Safe;
};

/**
 * Draws the frame of a chart: axes, grid and what is read aloud. The plot is as large as its place:
 * marks and labels stand in percent, and chart.css shows the labels that fit the width.
 */
export function drawPlot({ summary, legend, horizontal, vertical, marks, table }: Plot): Safe {
  const labels = vertical.ticks.toReversed().map(({ label }) => html`<span>${label}</span>`);
  return html`
    ${legend}
    <div class="dj-chart">
      <div class="dj-y" aria-hidden="true">${labels}</div>
      <svg class="dj-plot" role="img" aria-label="${summary}">${drawGrid(vertical)}${marks}</svg>
      <svg class="dj-x" aria-hidden="true">${horizontal.map(drawLabel)}</svg>
      ${table}
    </div>`;
}

/** Puts paths on a canvas of 1000 by 1000 that is stretched over the whole plot. */
export function drawCanvas(paths: readonly Safe[]): Safe {
  if (paths.length === 0) return nothing;
  return html`<svg class="dj-canvas" viewBox="0 0 1000 1000" preserveAspectRatio="none">${paths}</svg>`;
}

/** Returns the class of the nth series: eight colours, and a dash pattern of its own for every further eight. */
export function seriesClass(index: number): string {
  const round = Math.floor(index / 8) % 5;
  return `dj-s${(index % 8) + 1}${round === 0 ? "" : ` dj-d${round}`}`;
}

/** Returns a share as SVG wants a percentage: at most two decimals, no exponent. */
export function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`;
}

/** Returns how many steps a value axis gets in a panel so high: one for 44 px of what the rest leaves. */
export function stepsFor(input: PanelInput, hasLegend: boolean): number {
  const plotPx = input.heightPx - 84 - (hasLegend ? 24 : 0);
  return Math.max(2, Math.min(8, Math.round(plotPx / 44)));
}

/** Draws a panel whose source has nothing to show, which is an answer and no error. */
export function drawEmpty(columns: readonly DrawnColumn[]): Drawing {
  return { ok: true, body: html`<p class="dj-empty">No data for this selection</p>`, columns };
}

function drawGrid({ ticks }: ValueAxis): Safe[] {
  const lowest = ticks[0]!;
  return ticks.map((tick) => {
    const isBase = tick.isZero || (tick === lowest && tick.at === 0 && !ticks.some(({ isZero }) => isZero));
    const y = percent(1 - tick.at);
    return html`<line class="${isBase ? "dj-base" : "dj-hair"}" x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  });
}

function drawLabel(tick: HorizontalTick): Safe {
  const classes = densities.filter((density) => !tick.densities.has(density)).map((density) => `dj-not-${density}`);
  if (tick.strong) classes.push("dj-strong");
  if (tick.anchor !== "middle") classes.push(`dj-${tick.anchor}`);
  const attribute = classes.length === 0 ? nothing : html` class="${classes.join(" ")}"`;
  const title = tick.title === "" ? nothing : html`<title>${tick.title}</title>`;
  return html`<text x="${percent(tick.at)}" y="14"${attribute}>${tick.text}${title}</text>`;
}
