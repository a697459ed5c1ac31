import type { TablePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, findColumn } from "../frame/frame.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawEmpty } from "./plot.ts";
import { html, jsonToMarkup, nothing, type Safe } from "./safe.ts";
import { type Cells, createCells } from "./table-cells.ts";

/** Rows: words to the left, numbers to the right, all of a column alike. As many as there is room for. */
export const tableKind: Kind<TablePanel> = {
  columns: ({ columns }) => columns.map(({ name }) => name),
  draw: drawTable,
};

/** More rows than this nobody scrolls through, and the page would get heavy. */
const maxRows = 1000;

/** As many as a panel may name. */
const maxColumns = 100;

/** What no cell takes less than: `<td></td>` and, in the data, a digit and its comma. */
const leastCellChars = 11;

function drawTable({ columns }: TablePanel, input: PanelInput): Drawing {
  const { frame, roomChars, effort, title } = input;
  const named = columns.map(({ name, show }) => ({ column: findColumn(frame, name)!, show }));
  const all = columns.length > 0 ? named : frame.columns.map((column) => ({ column, show: "" }));
  const shown = all.slice(0, maxColumns);
  const fitting = Math.floor(roomChars / (Math.max(1, shown.length) * leastCellChars));
  const most = Math.max(0, Math.min(frame.length, maxRows, fitting));
  if (!effort.take(most * shown.length)) return { ok: false, error: "too_large" };
  const cells = shown.map(({ column, show }) => createCells(firstRows(column, most), show, input));
  if (frame.length === 0) return drawEmpty(cells.map(({ about }) => about));
  const write = (rows: readonly Safe[], count: number) => html`
    <div class="dj-scroll dj-rows" tabindex="0" role="group" aria-label="${title}">
      <table><thead><tr>${cells.map(({ head }) => head)}</tr></thead><tbody>${rows}</tbody></table>
    </div>
    ${describeCut([count, frame.length, "rows"], [shown.length, all.length, "columns"])}`;
  // What is there besides the rows, a note that some are left out included.
  const frameChars =
    write([], Math.min(most, frame.length - 1)).length + jsonToMarkup(cells.map(({ about }) => about)).length;
  const rows = drawRows(cells, most, roomChars - frameChars);
  if (rows.length === 0) return { ok: false, error: "too_large" };
  const drawn = cells.map(({ about, values }) => ({ ...about, values: values.slice(0, rows.length) }));
  return { ok: true, body: write(rows, rows.length), columns: drawn };
}

/** Draws rows until the next does not fit, with its part of the data. */
function drawRows(cells: readonly Cells[], most: number, roomChars: number): Safe[] {
  const rows: Safe[] = [];
  let leftChars = roomChars;
  for (let index = 0; index < most; index += 1) {
    const row = html`<tr>${cells.map(({ cell }) => cell(index))}</tr>`;
    leftChars -= row.length + jsonToMarkup(cells.map(({ values }) => values[index]!)).length;
    if (leftChars < 0) break;
    rows.push(row);
  }
  return rows;
}

/** Says which part is shown where it is not all: `The first 1000 of 4217 rows`. */
function describeCut(...counts: readonly (readonly [shown: number, all: number, noun: string])[]): Safe {
  const cut = counts.filter(([shown, all]) => shown < all).map(([shown, all, noun]) => `${shown} of ${all} ${noun}`);
  return cut.length === 0 ? nothing : html`<p class="dj-foot">The first ${cut.join(" and ")}</p>`;
}

function firstRows(column: Column, count: number): Column {
  return { ...column, values: column.values.slice(0, count) } as Column;
}
