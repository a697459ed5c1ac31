import { type ClickOf, drawClickableMark } from "./click.ts";
import { type Density, densities, type HorizontalTick } from "./density.ts";
import type { Drawing, DrawnAxis, DrawnColumn, PanelInput } from "./kind.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { textWidthPx } from "./text-width.ts";
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
  /** What the column of the horizontal axis does when a label that stands for one value is clicked. */
  readonly click?: { readonly clickOf: ClickOf; readonly column: string };
};

/**
 * Draws the frame of a chart: axes, grid and what is read aloud. The plot is as large as its place:
 * marks and labels stand in percent, and chart.css shows the labels that fit the width.
 */
export function drawPlot({ summary, legend, horizontal, vertical, marks, table, click }: Plot): Safe {
  const isClickable = horizontal.some(({ value }) => value !== undefined && click?.clickOf(click.column, value));
  const labels = horizontal.map((tick) => {
    const label = drawLabel(tick);
    if (click === undefined || tick.value === undefined) return label;
    return drawClickableMark(click.clickOf, click.column, tick.value, label);
  });
  return html`
    ${legend}
    <div class="dj-chart">
      ${drawValueLabels(vertical)}
      <svg class="dj-plot" role="img" aria-label="${summary}">${drawGrid(vertical)}${marks}</svg>
      <svg class="dj-x"${isClickable ? nothing : hidden}>${labels}</svg>
      ${table}
    </div>`;
}

/** What can be clicked can be reached, and must not be hidden. */
const hidden = html` aria-hidden="true"`;

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

/** Returns the attribute that tells a browser's script of which series something is a mark. */
export function seriesMark(index: number): Safe {
  return html` data-s="${index}"`;
}

/** Returns where values stand on a plot. */
export function verticalAxis({ scale, from, to }: ValueAxis): DrawnAxis {
  return { scale, from, to };
}

/** Returns how much of a chart's width the labels of its value axis take. */
export function gutterPx({ ticks }: ValueAxis): number {
  return Math.max(...ticks.map(({ label }) => textWidthPx(label))) + 8;
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

/** Draws a panel whose source has nothing to show, which is an answer and no error; a note may say why. */
export function drawEmpty(columns: readonly DrawnColumn[], note: Safe = nothing): Drawing {
  return { ok: true, body: html`<p class="dj-empty">No data for this selection</p>${note}`, columns };
}

/** Returns the classes that hide what is not shown at some densities. */
export function densityClasses(shown: ReadonlySet<Density>): string[] {
  const classes: string[] = [];
  for (const [density, className] of hidingClasses) if (!shown.has(density)) classes.push(className);
  return classes;
}

const hidingClasses = densities.map((density) => [density, `dj-not-${density}`] as const);

/**
 * Draws the labels of the value axis. Those of a logarithmic one are not evenly spaced: they stand at
 * their heights in a drawing, which is as wide as the widest of them.
 */
function drawValueLabels({ scale, ticks }: ValueAxis): Safe {
  if (scale === "linear") {
    const labels = ticks.toReversed().map(({ label }) => html`<span>${label}</span>`);
    return html`<div class="dj-y" aria-hidden="true">${labels}</div>`;
  }
  const widest = ticks.reduce((a, b) => (textWidthPx(b.label) > textWidthPx(a.label) ? b : a)).label;
  const texts = ticks.map(({ at, label }) => html`<text x="100%" y="${percent(1 - at)}" dy="4">${label}</text>`);
  return html`<div class="dj-y dj-uneven" aria-hidden="true"><span>${widest}</span><svg>${texts}</svg></div>`;
}

function drawGrid({ ticks }: ValueAxis): Safe {
  const [lowest] = ticks;
  const base = ticks.find(({ isZero }) => isZero) ?? (lowest?.at === 0 ? lowest : undefined);
  const hairs: Safe[] = [];
  let baseLine = nothing;
  for (const tick of ticks) {
    const y = percent(1 - tick.at);
    if (tick === base) baseLine = html`<line class="dj-base" x2="100%" y1="${y}" y2="${y}"/>`;
    else hairs.push(html`<line x2="100%" y1="${y}" y2="${y}"/>`);
  }
  return html`<g class="dj-hair">${hairs}</g>${baseLine}`;
}

/** Draws a label below the plot, for the densities at which it is shown. */
export function drawLabel(tick: HorizontalTick): Safe {
  const classes = densityClasses(tick.densities);
  if (tick.strong) classes.push("dj-strong");
  if (tick.anchor !== "middle") classes.push(`dj-${tick.anchor}`);
  const attribute = classes.length === 0 ? nothing : html` class="${classes.join(" ")}"`;
  const title = tick.title === "" ? nothing : html`<title>${tick.title}</title>`;
  return html`<text x="${percent(tick.at)}" y="14"${attribute}>${tick.text}${title}</text>`;
}
