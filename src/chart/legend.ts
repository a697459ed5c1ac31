import type { Voice } from "./intl.ts";
import { formatShort } from "./number-format.ts";
import { seriesClass } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { Series } from "./series.ts";

/** One entry: a series' name, and its last value where that says something. */
export type LegendEntry = { readonly title: string; readonly value: string };

/** More entries than this push the chart out of its panel; the table behind it names all. */
const maxEntries = 12;

/** Draws the legend above a chart. */
export function drawLegend(entries: readonly LegendEntry[]): Safe {
  if (entries.length === 0) return nothing;
  const shown = entries.length > maxEntries ? entries.slice(0, maxEntries - 1) : entries;
  const items = shown.map(({ title, value }, index) => {
    const figure = value === "" ? nothing : html`<b>${value}</b>`;
    return html`<li><i class="dj-key ${seriesClass(index)}"></i><span>${title}</span>${figure}</li>`;
  });
  const more = entries.length - shown.length;
  return html`<ul class="dj-legend" aria-hidden="true">${items}${more > 0 ? html`<li>+${more} more</li>` : nothing}</ul>`;
}

/** Returns entries that say each series' last value. */
export function lastValues(series: readonly Series[], voice: Voice): LegendEntry[] {
  return series.map(({ title, values, format }) => {
    const last = values.findLast((value) => !Number.isNaN(value));
    return { title, value: last === undefined ? "" : formatShort(last, format, voice) };
  });
}
