import { type ClickOf, drawClickable } from "./click.ts";
import type { Voice } from "./intl.ts";
import { formatShort } from "./number-format.ts";
import { seriesClass, seriesMark } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { Series } from "./series.ts";

/** One entry. */
export type LegendEntry = {
  /** A series' name. */
  readonly title: string;
  /** Its last value where that says something. */
  readonly value: string;
  /** The word that it stands for; undefined where it stands for none. */
  readonly word?: string;
};

/** More entries than this push the chart out of its panel; the table behind it names all. */
const maxEntries = 12;

/**
 * Draws the legend above a chart. A name that stands for a word of a column can be clicked where the
 * panel says so.
 */
export function drawLegend(
  entries: readonly LegendEntry[],
  click?: { readonly clickOf: ClickOf; readonly column: string },
): Safe {
  if (entries.length === 0) return nothing;
  const shown = entries.length > maxEntries ? entries.slice(0, maxEntries - 1) : entries;
  const items = shown.map(({ title, value, word }, index) => {
    const figure = value === "" ? nothing : html`<b>${value}</b>`;
    const text = html`${title}`;
    const name =
      click === undefined || word === undefined ? text : drawClickable(click.clickOf, click.column, word, text);
    return html`<li${seriesMark(index)}><i class="dj-key ${seriesClass(index)}"></i><span>${name}</span>${figure}</li>`;
  });
  const more = entries.length - shown.length;
  return html`<ul class="dj-legend">${items}${more > 0 ? html`<li>+${more} more</li>` : nothing}</ul>`;
}

/** Returns entries that say each series' last value. */
export function lastValues(series: readonly Series[], voice: Voice): LegendEntry[] {
  return series.map((one) => {
    const last = one.values.findLast((value) => !Number.isNaN(value));
    return { ...nameOf(one), value: last === undefined ? "" : formatShort(last, one.format, voice) };
  });
}

/** Returns entries that say each series' name only. */
export function namesOf(series: readonly Series[]): LegendEntry[] {
  return series.map((one) => ({ ...nameOf(one), value: "" }));
}

function nameOf({ title, word }: Series): Pick<LegendEntry, "title" | "word"> {
  return word === undefined ? { title } : { title, word };
}
