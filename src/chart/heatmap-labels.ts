import { range } from "d3-array";
import { drawClickable, drawClickableMark } from "./click.ts";
import type { Side } from "./heatmap-grid.ts";
import { slotLabels, slotTicks } from "./horizontal-axis.ts";
import type { PanelInput } from "./kind.ts";
import { densityClasses, drawLabel } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { positionNames } from "./spoken.ts";
import { textWidthPx } from "./text-width.ts";

/** How high a row must be to have a label of its own. */
const labelPx = 14;

/** What heatmap.css leaves for the labels of rows, and the space beside them. */
const maxTextPx = 172;
const besidePx = 8;

/**
 * Draws the labels of a heatmap's rows, beside them: of every row, or of every second, third ... where
 * rows are low. Returns how much of the chart's width they take, too.
 */
export function drawRowLabels(
  column: string,
  side: Side,
  rowPx: number,
  { clickOf, voice }: PanelInput,
): { readonly labels: Safe; readonly gutterPx: number } {
  const { positions, whole } = side;
  const shown = range(0, whole.length, Math.ceil(labelPx / rowPx));
  const texts = new Map(slotLabels(positions, voice, shown).map(({ text }, index) => [shown[index]!, text]));
  const name = positionNames(positions, voice);
  const rows = whole.map((value, row) => {
    const text = texts.get(row);
    if (text === undefined) return html`<p></p>`;
    const isTold = text === name(row) && textWidthPx(text) <= maxTextPx;
    const label = drawClickable(clickOf, column, value, html`${text}`);
    return html`<p${isTold ? nothing : html` title="${name(row)}"`}><span>${label}</span></p>`;
  });
  const widestPx = Math.max(...Array.from(texts.values(), (text) => textWidthPx(text)));
  return {
    labels: html`<div class="dj-ranks"${hiddenUnlessLive(column, side, clickOf)}>${rows}</div>`,
    gutterPx: Math.min(maxTextPx, widestPx) + besidePx,
  };
}

/** Below cells that are all alike, more labels than this say no more. */
const mostLabels = 10;

/** So many have one each. */
const fewColumns = 14;

/**
 * Draws the labels of a heatmap's columns, below them, for each density.
 *
 * @param gutterPx what the labels of the rows take of the chart's width
 */
export function drawColumnLabels(column: string, side: Side, gutterPx: number, { clickOf, voice }: PanelInput): Safe {
  const { positions, whole } = side;
  const most = whole.length <= fewColumns ? fewColumns : mostLabels;
  const labels = slotTicks(positions, voice, { from: "first", most, gutterPx }).map((tick) => {
    const label = drawLabel(tick);
    // A label of a span of time stands where its column begins; at the very end none begins.
    const value = whole[Math.floor(tick.at * whole.length)];
    const mark = value === undefined ? label : drawClickableMark(clickOf, column, value, label);
    // A link whose words are hidden must be hidden itself, or it could still be reached.
    return mark === label ? label : html`<g class="${densityClasses(tick.densities).join(" ")}">${mark}</g>`;
  });
  return html`<svg class="dj-x"${hiddenUnlessLive(column, side, clickOf)}>${labels}</svg>`;
}

/** Labels are read out in the table, unless they can be clicked. */
function hiddenUnlessLive(column: string, { whole }: Side, clickOf: PanelInput["clickOf"]): Safe {
  return whole.some((value) => clickOf(column, value) !== undefined) ? nothing : html` aria-hidden="true"`;
}
