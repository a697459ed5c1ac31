import type { TableColumn } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Column } from "../frame/frame.ts";
import { drawTrack } from "./bar-list.ts";
import type { Voice } from "./intl.ts";
import type { DrawnColumn, PanelInput } from "./kind.ts";
import { createColumnWriter } from "./number-format.ts";
import { html, type Safe } from "./safe.ts";
import type { ColumnStyle } from "./series.ts";
import { shorten } from "./shorten.ts";
import { formatTime, grainOf, isWritable } from "./time-format.ts";
import { drawable, rangeOf, withZero } from "./value-axis.ts";

/** A column of a table, ready to be drawn cell by cell. */
export type Cells = {
  readonly head: Safe;
  /** Draws the cell of a row. */
  readonly cell: (row: number) => Safe;
  /** What a browser gets of it, without its values. */
  readonly about: DrawnColumn;
  readonly values: DrawnColumn["values"];
};

/** A cell with more words than this is read elsewhere. */
const maxCellChars = 1024;

/** A column with longer words breaks lines, where others stay on one. */
const longChars = 40;

/** What a truth value says. */
const words = new Map<boolean | null, string>([
  [true, "Yes"],
  [false, "No"],
  [null, ""],
]);

/** Prepares a column of a table. A number that `show`s as `bar` has a bar of its size. */
export function createCells(column: Column, show: TableColumn["show"], { styleOf, voice }: PanelInput): Cells {
  const style = styleOf(column.name);
  const about = describeColumn(column, style);
  const values = valuesOf(column);
  if (column.type === "number") {
    const head = html`<th scope="col" class="dj-number">${style.title}</th>`;
    const write = createColumnWriter(column.values, style, voice);
    const cell =
      show === "bar"
        ? createBarCell(column.values, write)
        : (row: number) => html`<td class="dj-number">${write(column.values[row]!)}</td>`;
    return { head, cell, about, values };
  }
  const textOf = createTextWriter(column, voice);
  const isLong = column.type === "string" && column.values.some((value) => (value?.length ?? 0) > longChars);
  const cell = (row: number) => {
    const text = textOf(row);
    if (text === "") return html`<td class="dj-none">–</td>`;
    return isLong ? html`<td class="dj-long">${text}</td>` : html`<td>${text}</td>`;
  };
  return { head: html`<th scope="col">${style.title}</th>`, cell, about, values };
}

/** Draws numbers with bars that all start at one place, whatever the length of the numbers. */
function createBarCell(values: Float64Array, write: (value: number) => string): Cells["cell"] {
  const { min, max } = withZero(rangeOf([values]));
  const toShare = (value: number) => (drawable(value) - min) / (max - min || 1);
  const texts = Array.from(values, write);
  const widest = Math.min(
    20,
    texts.reduce((widest, { length }) => Math.max(widest, length), 0),
  );
  return (row) => {
    const zero = toShare(0);
    const end = toShare(Number.isNaN(values[row]!) ? 0 : values[row]!);
    const track = drawTrack([{ start: Math.min(zero, end), size: Math.abs(end - zero), className: "dj-s1" }]);
    return html`<td class="dj-number"><div class="dj-sized dj-c${widest}">${track}<span>${texts[row]!}</span></div></td>`;
  };
}

/** Creates what tells a cell's text; empty where it has no value. */
function createTextWriter(column: Exclude<Column, { type: "number" }>, voice: Voice): (row: number) => string {
  if (column.type === "string") return (row) => shorten(column.values[row] ?? "", maxCellChars);
  if (column.type === "boolean") return (row) => words.get(column.values[row]!)!;
  const values = Array.from(column.values, (ms) => (isWritable(ms) ? ms : Number.NaN));
  const grain = grainOf({ values, zoned: column.zoned }, voice);
  return (row) => (Number.isNaN(values[row]) ? "" : formatTime(values[row]!, column.zoned, grain, voice));
}

function describeColumn(column: Column, { title, unit, decimals }: ColumnStyle): DrawnColumn {
  return {
    title,
    type: column.type,
    ...(column.type === "number" && unit !== "" && { unit }),
    ...(column.type === "number" && decimals !== undefined && { decimals }),
    ...(column.type === "time" && { zoned: column.zoned }),
    values: [],
  };
}

function valuesOf(column: Column): DrawnColumn["values"] {
  if (column.type === "boolean") return column.values;
  if (column.type === "string") return column.values.map((value) => value && shorten(value, maxCellChars));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
}
