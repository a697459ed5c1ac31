import type { Voice } from "./intl.ts";
import { formatFull, formatShort } from "./number-format.ts";
import { html, type Safe } from "./safe.ts";
import type { Positions, Series, SeriesSet } from "./series.ts";
import { formatTime, grainOf } from "./time-format.ts";

/** A table of more cells would be read for minutes. */
const maxCells = 600;

/** A sentence for each of more series would too. */
const maxSentences = 6;

/** Returns what a screen reader says in place of a chart: where it runs, and each series' ends. */
export function summarize(kind: string, { positions, series }: SeriesSet, voice: Voice): string {
  const name = positionNames(positions, voice);
  const count = positions.values.length;
  const span = count === 0 ? "" : count === 1 ? `, at ${name(0)}` : `, from ${name(0)} to ${name(count - 1)}`;
  const sentences = series.slice(0, maxSentences).map((one) => describe(one, name, voice));
  const more = series.length - sentences.length;
  if (more > 0) sentences.push(`${more} more in the table.`);
  return `${kind}, ${series.length} series${span}. ${sentences.join(" ")}`;
}

/** Draws the table behind a chart, for screen readers only. It says how many rows it leaves out. */
export function drawDataTable(title: string, { positions, series }: SeriesSet, voice: Voice): Safe {
  const name = positionNames(positions, voice);
  const total = positions.values.length;
  const count = Math.min(total, Math.max(5, Math.min(60, Math.floor(maxCells / Math.max(1, series.length)))));
  // Of times the latest matter, of anything else the first.
  const start = positions.kind === "time" ? total - count : 0;
  const byPosition = series.map(({ at, values }) => {
    const shown = new Map<number, number>();
    for (const [index, position] of at.entries()) {
      if (position >= start && position < start + count) shown.set(position, values[index]!);
    }
    return shown;
  });
  const rows = Array.from({ length: count }, (_, index) => {
    const cells = series.map(({ format }, column) => {
      const value = byPosition[column]!.get(start + index);
      return html`<td>${value === undefined || Number.isNaN(value) ? "–" : formatFull(value, format, voice)}</td>`;
    });
    return html`<tr><th scope="row">${name(start + index)}</th>${cells}</tr>`;
  });
  const heads = series.map((one) => html`<th scope="col">${one.title}</th>`);
  const caption = count === total ? title : `${title}: ${count} of ${total} rows, ${total - count} left out`;
  return html`
    <div class="dj-sr">
      <table>
        <caption>${caption}</caption>
        <thead><tr><th scope="col">${positions.style.title}</th>${heads}</tr></thead>
        <tbody>${rows}</tbody>
      </table>
    </div>`;
}

/** Returns a function that names the position at an index in full. */
export function positionNames(positions: Positions, voice: Voice): (index: number) => string {
  if (positions.kind === "words") return (index) => positions.values[index]!;
  if (positions.kind === "number") return (index) => formatFull(positions.values[index]!, positions.style, voice);
  const grain = grainOf(positions, voice);
  return (index) => formatTime(positions.values[index]!, positions.zoned, grain, voice);
}

function describe({ title, at, values, format }: Series, name: (index: number) => string, voice: Voice): string {
  let low = -1;
  let high = -1;
  let last = -1;
  for (const [index, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < values[low]!) low = index;
    if (high < 0 || value > values[high]!) high = index;
    last = index;
  }
  if (last < 0) return `${title}: no values.`;
  const text = (index: number) => formatShort(values[index]!, format, voice);
  const extreme = (index: number) => `${text(index)} at ${name(at[index]!)}`;
  if (low === high) return `${title}: ${text(last)}.`;
  return `${title}: last ${text(last)}, lowest ${extreme(low)}, highest ${extreme(high)}.`;
}
