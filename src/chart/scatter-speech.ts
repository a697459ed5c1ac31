import { countOf } from "./count.ts";
import type { Voice } from "./intl.ts";
import { createFullWriter, formatShort } from "./number-format.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { Series, SeriesSet } from "./series.ts";
import { drawHeardTable, maxSentences, positionNames } from "./spoken.ts";
import { rangeOf } from "./value-axis.ts";

/** A table of more dots would be listened to for minutes. */
const maxRows = 20;

/** Returns what a screen reader says in place of a scatter plot: where its dots lie, and what else is to be said. */
export function summarizeDots({ positions, series }: SeriesSet, voice: Voice, more: string): string {
  const name = positionNames(positions, voice);
  const last = positions.values.length - 1;
  const across = last === 0 ? `at ${name(0)}` : `from ${name(0)} to ${name(last)}`;
  const sentences = series.slice(0, maxSentences).map((one) => describe(one, voice));
  const untold = series.length - sentences.length;
  if (untold > 0) sentences.push(`${untold} more series.`);
  if (more !== "") sentences.push(more);
  const dots = series.reduce((sum, { values }) => sum + values.length, 0);
  return `Scatter plot, ${countOf(dots, "dot", voice)}, ${positions.style.title} ${across}. ${sentences.join(" ")}`;
}

function describe({ title, values, format }: Series, voice: Voice): string {
  const { min, max } = rangeOf([values]);
  const text = (value: number) => formatShort(value, format, voice);
  if (values.length === 0) return `${title}: no dots.`;
  const span = min === max ? `at ${text(min)}` : `from ${text(min)} to ${text(max)}`;
  return `${title}: ${countOf(values.length, "dot", voice)} ${span}.`;
}

/** Draws the table behind a scatter plot, for screen readers only: its first dots, from the left. It says how many it leaves out. */
export function drawDotTable(title: string, { positions, series }: SeriesSet, isSplit: boolean, voice: Voice): Safe {
  const name = positionNames(positions, voice);
  const total = series.reduce((sum, { values }) => sum + values.length, 0);
  const dots = series.flatMap(({ title, at, values, format }) => {
    const write = createFullWriter(format, voice);
    return at.slice(0, maxRows).map((position, point) => ({ position, title, value: values[point]!, write }));
  });
  dots.sort((a, b) => a.position - b.position);
  const rows = dots.slice(0, maxRows).map(({ position, title, value, write }) => {
    const word = isSplit ? html`<td>${title}</td>` : nothing;
    return html`<tr><th scope="row">${name(position)}</th>${word}<td>${write(value)}</td></tr>`;
  });
  const heads = [positions.style.title, ...(isSplit ? ["Series", "Value"] : [series[0]!.title])];
  return drawHeardTable({ title, heads, rows, total, noun: "dots" });
}
