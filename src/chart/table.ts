import type { TableColumn, TablePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, findColumn } from "../frame/frame.ts";
import { drawTrack } from "./bar-list.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, DrawnColumn, Kind, PanelInput } from "./kind.ts";
import { formatColumn } from "./number-format.ts";
import { drawEmpty } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { ColumnStyle } from "./series.ts";
import { formatTime, grainOf, isWritable } from "./time-format.ts";
import { drawable, rangeOf, withZero } from "./value-axis.ts";

/** Rows: words to the left, numbers to the right, all of a column alike. */
export const tableKind: Kind<TablePanel> = {
  columns: ({ columns }) => columns.map(({ name }) => name),
  draw: drawTable,
};

/** More rows than this nobody scrolls through, and the page would get heavy. */
const maxRows = 1000;

/** A column with longer words breaks lines, where others stay on one. */
const longChars = 40;

/** A column ready to be drawn: a heading and one cell a row. */
type DrawnCells = { readonly head: Safe; readonly cells: readonly Safe[] };

function drawTable({ columns }: TablePanel, input: PanelInput): Drawing {
  const { frame, title } = input;
  const count = Math.min(frame.length, maxRows);
  const named = columns.map(({ name, show }) => ({ column: findColumn(frame, name)!, show }));
  const shown = columns.length > 0 ? named : frame.columns.map((column) => ({ column, show: "" }));
  const found = shown.map(({ column, show }) => ({ column: firstRows(column, count), show }));
  const drawnColumns = found.map(({ column }) => toDrawnColumn(column, input.styleOf(column.name)));
  if (count === 0) return drawEmpty(drawnColumns);
  const drawn = found.map(({ column, show }) => drawColumn(column, show, input));
  const rows = Array.from({ length: count }, (_, row) => html`<tr>${drawn.map(({ cells }) => cells[row]!)}</tr>`);
  const note = count < frame.length ? html`<p class="dj-foot">The first ${count} of ${frame.length} rows</p>` : nothing;
  const body = html`
    <div class="dj-scroll dj-rows" tabindex="0" role="group" aria-label="${title}">
      <table><thead><tr>${drawn.map(({ head }) => head)}</tr></thead><tbody>${rows}</tbody></table>
    </div>
    ${note}`;
  return { ok: true, body, columns: drawnColumns };
}

function drawColumn(column: Column, show: TableColumn["show"], input: PanelInput): DrawnCells {
  const style = input.styleOf(column.name);
  if (column.type !== "number") {
    const texts = cellTexts(column, input.voice);
    const isLong = texts.some(({ length }) => length > longChars);
    const cells = texts.map((text) => {
      if (text === "") return html`<td class="dj-none">–</td>`;
      return isLong ? html`<td class="dj-long">${text}</td>` : html`<td>${text}</td>`;
    });
    return { head: html`<th scope="col">${style.title}</th>`, cells };
  }
  const texts = formatColumn(column.values, style, input.voice);
  const head = html`<th scope="col" class="dj-number">${style.title}</th>`;
  if (show !== "bar") return { head, cells: texts.map((text) => html`<td class="dj-number">${text}</td>`) };
  return { head, cells: drawBarCells(column.values, texts) };
}

/** Draws numbers with bars that all start at one place, whatever the length of the numbers. */
function drawBarCells(values: Float64Array, texts: readonly string[]): Safe[] {
  const { min, max } = withZero(rangeOf([values]));
  const toShare = (value: number) => (drawable(value) - min) / (max - min || 1);
  const widest = Math.min(
    20,
    texts.reduce((widest, { length }) => Math.max(widest, length), 0),
  );
  return texts.map((text, row) => {
    const value = values[row]!;
    const [start, end] = [toShare(0), toShare(Number.isNaN(value) ? 0 : value)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const track = drawTrack([{ start, size: end - start, className: "dj-s1" }]);
    return html`<td class="dj-number"><div class="dj-sized dj-c${widest}">${track}<span>${text}</span></div></td>`;
  });
}

/** Returns what each cell says; empty where it has no value. */
function cellTexts(column: Exclude<Column, { type: "number" }>, voice: Voice): string[] {
  if (column.type === "string") return column.values.map((value) => value ?? "");
  if (column.type === "boolean") return column.values.map((value) => (value === null ? "" : value ? "Yes" : "No"));
  const values = Array.from(column.values, (ms) => (isWritable(ms) ? ms : Number.NaN));
  const grain = grainOf({ values, zoned: column.zoned }, voice);
  return values.map((ms) => (Number.isNaN(ms) ? "" : formatTime(ms, column.zoned, grain, voice)));
}

function firstRows(column: Column, count: number): Column {
  return { ...column, values: column.values.slice(0, count) } as Column;
}

function toDrawnColumn(column: Column, { title, unit, decimals }: ColumnStyle): DrawnColumn {
  const values = Array.from<number | string | boolean | null>(column.values);
  return {
    title,
    type: column.type,
    ...(column.type === "number" && unit !== "" && { unit }),
    ...(column.type === "number" && decimals !== undefined && { decimals }),
    ...(column.type === "time" && { zoned: column.zoned }),
    values: values.map((value) => (Number.isNaN(value) ? null : value)),
  };
}
