import type { TablePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, findColumn } from "../frame/frame.ts";
import { pickRows } from "../frame/pick-rows.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawEmpty } from "./plot.ts";
import { html, jsonToMarkup, nothing, type Safe } from "./safe.ts";
import { createCells } from "./table-cells.ts";
import type { Cells, Shown } from "./table-column.ts";
import { sortRows } from "./table-sort.ts";

/**
 * Rows: words at the start, numbers at the end, all of a column alike, in the order that the panel asks
 * for. As many as there is room for.
 */
export const tableKind: Kind<TablePanel> = {
  columns: ({ columns }) => columns.map(({ name }) => name),
  draw: drawTable,
};

/** How a column is shown that the panel does not name. */
const asText: Shown = { show: "", statuses: {}, thresholds: [] };

/** More rows than this nobody scrolls through, and the page would get heavy. */
const maxRows = 1000;

/** As many as a panel may name. */
const maxColumns = 100;

/** What no cell takes less than: `<td></td>` and, in the data, a digit and its comma. */
const leastCellChars = 11;

function drawTable({ columns, sort }: TablePanel, input: PanelInput): Drawing {
  const { frame, roomChars, effort, title, voice } = input;
  const named = columns.map((shown) => ({ column: findColumn(frame, shown.name)!, shown }));
  const all = columns.length > 0 ? named : frame.columns.map((column) => ({ column, shown: asText }));
  const shown = all.slice(0, maxColumns);
  const fitting = Math.floor(roomChars / (Math.max(1, shown.length) * leastCellChars));
  const most = Math.max(0, Math.min(frame.length, maxRows, fitting));
  // What has no room gives no effort back, and the first rows are those of the order that is asked for.
  const order = sortRows(frame, sort, voice, effort)?.slice(0, most);
  if (order === undefined) return { ok: false, error: "too_large" };
  const picked = shown.map(({ column, shown }) => ({ column: pickRows(column, order), shown }));
  const work = picked.reduce((sum, { column }) => sum + most + countListed(column), 0);
  if (!effort.take(work)) return { ok: false, error: "too_large" };
  const cells = picked.map(({ column, shown }) => createCells(column, shown, sort, input));
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

/** How many numbers there are in a column's lists. */
function countListed(column: Column): number {
  if (column.type !== "numbers") return 0;
  return column.values.reduce((sum, list) => sum + (list?.length ?? 0), 0);
}
