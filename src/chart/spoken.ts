import type { Voice } from "./intl.ts";
import { createFullWriter, formatShort } from "./number-format.ts";
import { html, type Safe } from "./safe.ts";
import type { Positions, Series, SeriesSet } from "./series.ts";
import { formatTime, grainOf } from "./time-format.ts";

/**
 * How much the table behind a chart holds: what is heard within a minute, and does not make the page
 * heavy. Where a browser runs our script, it offers a table of every value that is drawn.
 */
const maxRows = 12;
const maxCells = 120;

/** A sentence for each of more series would be listened to for minutes. */
export const maxSentences = 6;

/**
 * Returns what a screen reader says in place of a chart: where it runs, each series' ends, and what
 * else is to be said.
 */
export function summarize(kind: string, { positions, series }: SeriesSet, voice: Voice, more = ""): string {
  const name = positionNames(positions, voice);
  const count = positions.values.length;
  const span = count === 0 ? "" : count === 1 ? `, at ${name(0)}` : `, from ${name(0)} to ${name(count - 1)}`;
  const sentences = series.slice(0, maxSentences).map((one) => describe(one, name, voice));
  const untold = series.length - sentences.length;
  if (untold > 0) sentences.push(`${untold} more in the table.`);
  if (more !== "") sentences.push(more);
  return `${kind}, ${series.length} series${span}. ${sentences.join(" ")}`;
}

/** Draws the table behind a chart, for screen readers only. It says how many rows it leaves out. */
export function drawDataTable(title: string, set: SeriesSet, voice: Voice): Safe {
  const { positions, series } = set;
  const name = positionNames(positions, voice);
  const drawn = positions.values.length;
  const total = set.total ?? drawn;
  const count = Math.min(drawn, Math.max(5, Math.min(maxRows, Math.floor(maxCells / Math.max(1, series.length)))));
  // Of times the latest matter, of anything else the first.
  const start = positions.kind === "time" ? drawn - count : 0;
  const columns = series.map((one) => cellTexts(one, start, count, voice));
  const rows = Array.from({ length: count }, (_, row) => {
    const cells = columns.map((texts) => html`<td>${texts[row]!}</td>`);
    return html`<tr><th scope="row">${name(start + row)}</th>${cells}</tr>`;
  });
  const heads = [positions.style.title, ...series.map((one) => one.title)];
  return drawHeardTable({ title, heads, rows, total, noun: "rows" });
}

/**
 * Draws a table for screen readers only, which says how many of its rows are left out.
 *
 * @param noun what a row is, in the plural
 */
export function drawHeardTable({
  title,
  heads,
  rows,
  total,
  noun,
}: {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly Safe[];
  readonly total: number;
  readonly noun: string;
}): Safe {
  const left = total - rows.length;
  const caption = left === 0 ? title : `${title}: ${rows.length} of ${total} ${noun}, ${left} left out`;
  return html`
    <div class="dj-sr">
      <table>
        <caption>${caption}</caption>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rows}</tbody>
      </table>
    </div>`;
}

/** Returns the texts of a series at so many positions: the last value where several stand at one, a dash where none does. */
function cellTexts({ at, values, format }: Series, start: number, count: number, voice: Voice): string[] {
  const write = createFullWriter(format, voice);
  const texts = new Array<string>(count).fill("–");
  // They ascend, so that the last of a position comes last.
  for (let index = at.findLastIndex((position) => position < start) + 1; index < at.length; index += 1) {
    const position = at[index]! - start;
    if (position >= count) break;
    texts[position] = Number.isNaN(values[index]!) ? "–" : write(values[index]!);
  }
  return texts;
}

/** Returns a function that names the position at an index in full. */
export function positionNames(positions: Positions, voice: Voice): (index: number) => string {
  if (positions.kind === "words") return (index) => positions.values[index]!;
  if (positions.kind === "number") {
    const write = createFullWriter(positions.style, voice);
    return (index) => write(positions.values[index]!);
  }
  const grain = grainOf(positions, voice);
  return (index) => formatTime(positions.values[index]!, positions.zoned, grain, voice);
}

function describe({ title, at, values, format }: Series, name: (index: number) => string, voice: Voice): string {
  const { low, high, last } = findExtremes(values);
  if (last < 0) return `${title}: no values.`;
  const text = (index: number) => formatShort(values[index]!, format, voice);
  const extreme = (index: number) => `${text(index)} at ${name(at[index]!)}`;
  if (low === high) return `${title}: ${text(last)}.`;
  return `${title}: last ${text(last)}, lowest ${extreme(low)}, highest ${extreme(high)}.`;
}

/** Returns the indices of the first lowest, the first highest and the last value; -1 where there is none. NaN is no value. */
export function findExtremes(values: readonly number[]): {
  readonly low: number;
  readonly high: number;
  readonly last: number;
} {
  let low = -1;
  let high = -1;
  let last = -1;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < values[low]!) low = index;
    if (high < 0 || value > values[high]!) high = index;
    last = index;
  }
  return { low, high, last };
}
