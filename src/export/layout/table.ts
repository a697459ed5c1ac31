import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, clip, drawBox, drawRule, type Pen } from "./box.ts";
import { drawCell, measureCell } from "./cell.ts";
import { type Element, elementsOf, findTag, textOf } from "./markup.ts";
import { baseline, drawText, widthOf } from "./text.ts";

const headPx = 32;
const rowPx = 39;
const morePx = 26;

/**
 * Draws a table over the whole width of its card: the rows that there is room for, the last of which says how many more
 * there are. What is too wide is cut off at the right.
 */
export function drawTable(scroll: Element, box: Box, pen: Pen): Safe {
  const { palette } = pen;
  const table = findTag(scroll, "table");
  if (table === undefined) return nothing;
  const heads = cellsOf(findTag(table, "thead") ?? table)[0] ?? [];
  const rows = cellsOf(findTag(table, "tbody") ?? table);
  const fits = Math.floor((box.h - headPx + 1) / rowPx);
  const shown = rows.length <= fits ? rows : rows.slice(0, Math.max(1, Math.floor((box.h - headPx - morePx) / rowPx)));
  // Where there is little room numbers matter more than pictures of them.
  const all = heads.map((_, index) => index);
  const isNarrow = box.w < 420 || leastOf(wantedWidths(heads, shown, all, false, pen)) > box.w;
  const kept = all.filter((index) => !(isNarrow && heads[index]!.classes.has("dj-trend")));
  const places = placeColumns(heads, shown, kept, box, isNarrow, pen);
  const columns = kept.filter((_, order) => places[order]!.x < box.x + box.w);
  const headType = { sizePx: 12, weight: 500, fill: palette.of("fg2") };
  const head = columns.map((column, order) => {
    const { x, w } = places[order]!;
    const isNumber = heads[column]!.classes.has("dj-number");
    const spot = { x: isNumber ? x + w : x, y: baseline(box.y, headPx - 1, 12), maxPx: w };
    return drawText(headOf(heads[column]!), { ...spot, anchor: isNumber ? "end" : "start" }, headType);
  });
  const body = shown.map((row, index) => {
    const y = box.y + headPx + index * rowPx;
    const cells = columns.map((column, order) => {
      const cell = row[column];
      return cell === undefined ? nothing : drawCell(cell, { ...places[order]!, y, h: rowPx - 1 }, isNarrow, pen);
    });
    const isLast = index === rows.length - 1;
    return html`${cells}${isLast ? nothing : drawRule(box.x, y + rowPx - 1, box.w, palette.of("hair"))}`;
  });
  const left = rows.length - shown.length;
  const moreY = baseline(box.y + headPx + shown.length * rowPx, morePx, 12);
  const more = drawText(`and ${left} more`, { x: box.x + 16, y: moreY }, { sizePx: 12, fill: palette.of("fg3") });
  const drawn = html`${drawBox({ ...box, y: box.y + headPx - 1, h: 1 }, palette.of("border"))}${head}${body}`;
  return clip(pen, box, html`${drawn}${left > 0 ? more : nothing}`);
}

/** Returns how high a table is with all of its rows. */
export function tablePx(scroll: Element): number {
  const body = findTag(scroll, "tbody");
  return headPx + (body === undefined ? 0 : elementsOf(body).length * rowPx);
}

function cellsOf(part: Element): Element[][] {
  return elementsOf(part)
    .filter(({ tag }) => tag === "tr")
    .map((row) => elementsOf(row));
}

/** Says how the rows are sorted, too. */
function headOf(head: Element): string {
  const order = head.attributes["aria-sort"];
  const arrow = order === "ascending" ? "\u00a0↑" : order === "descending" ? "\u00a0↓" : "";
  return `${textOf(head)}${arrow}`;
}

/** The least that a column of long words has, in pixels: 18 characters. */
const leastLongPx = 150;

type Place = { readonly x: number; readonly w: number };

/**
 * Gives each column what its widest cell takes, and a share of what is left as large as that. Where there is too little,
 * columns of long words give way.
 */
function placeColumns(
  heads: readonly Element[],
  rows: readonly (readonly Element[])[],
  columns: readonly number[],
  box: Box,
  isNarrow: boolean,
  pen: Pen,
): Place[] {
  const columnsOf = wantedWidths(heads, rows, columns, isNarrow, pen);
  const spare = box.w - sumOf(columnsOf);
  const contentPx = columnsOf.reduce((sum, { px }) => sum + px, 0);
  const longPx = columnsOf.reduce((sum, { px, isLong }) => sum + (isLong ? Math.max(0, px - leastLongPx) : 0), 0);
  const widths = columnsOf.map(({ px, isLong }) => {
    if (spare >= 0) return px + (spare * px) / Math.max(1, contentPx);
    return isLong && longPx > 0 ? px - Math.max(0, px - leastLongPx) * Math.min(1, -spare / longPx) : px;
  });
  let x = box.x;
  return widths.map((w, order) => {
    const { before, after } = columnsOf[order]!;
    const place = { x: x + before, w };
    x += before + w + after;
    return place;
  });
}

/** What a column would take, and the space around it. */
type Wanted = { readonly px: number; readonly before: number; readonly after: number; readonly isLong: boolean };

function wantedWidths(
  heads: readonly Element[],
  rows: readonly (readonly Element[])[],
  columns: readonly number[],
  isNarrow: boolean,
  pen: Pen,
): Wanted[] {
  const padding = isNarrow ? 8 : 10;
  const headType = { sizePx: 12, weight: 500, fill: pen.palette.of("fg2") };
  return columns.map((column, order) => {
    const cells = rows.flatMap((row) => row[column] ?? []);
    const headPx = widthOf(headOf(heads[column]!), headType) + 1;
    return {
      px: cells.reduce((px, cell) => Math.max(px, measureCell(cell, isNarrow)), headPx),
      before: order === 0 ? 16 : padding,
      after: order === columns.length - 1 ? 16 : padding,
      isLong: cells.some(({ classes }) => classes.has("dj-long")),
    };
  });
}

/** Returns how little columns can do with. */
function leastOf(columns: readonly Wanted[]): number {
  return sumOf(columns.map((one) => (one.isLong ? { ...one, px: Math.min(one.px, leastLongPx) } : one)));
}

function sumOf(columns: readonly Wanted[]): number {
  return columns.reduce((sum, { px, before, after }) => sum + px + before + after, 0);
}
