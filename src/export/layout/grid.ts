import type { Box, Pen } from "./box.ts";
import { classNumber, type Element } from "./markup.ts";
import { naturalPx } from "./natural.ts";
import { tilePx } from "./panel.ts";

/** Where each of a dashboard's panels stands in the grid, and how high the grid is. */
export type Grid = { readonly boxes: readonly Box[]; readonly heightPx: number };

/** Places panels in a width as page.css and narrow.css do: on 24 columns, on two, or on two of which most take both. */
export function placePanels(
  panels: readonly Element[],
  { x, y, w }: Pick<Box, "x" | "y" | "w">,
  rootPx: number,
  pen: Pen,
): Grid {
  if (rootPx >= 1023) return placeWide(panels, { x, y, w });
  const gap = pen.isPhone ? 12 : 16;
  const boxes: Box[] = [];
  const half = (w - gap) / 2;
  let [top, column, rowHeight] = [y, 0, 0];
  for (const panel of panels) {
    const span = rootPx < 340 ? 2 : (classNumber(panel, pen.isPhone ? "dj-sm" : "dj-md") ?? 2);
    if (column + span > 2) [top, column, rowHeight] = [top + rowHeight + gap, 0, 0];
    const wide = span === 2 ? w : half;
    const h = pen.isPhone ? phonePx(panel, wide, pen) : middlePx(panel, wide, span, pen);
    boxes.push({ x: x + column * (half + gap), y: top, w: wide, h });
    rowHeight = Math.max(rowHeight, h);
    column += span;
  }
  // Tiles side by side are as high as the higher one.
  const rowPx = (at: number) => boxes.reduce((most, box) => (box.y === at ? Math.max(most, box.h) : most), 0);
  const even = boxes.map((box, index) => (isTile(panels[index]!, pen) ? { ...box, h: rowPx(box.y) } : box));
  return { boxes: even, heightPx: panels.length === 0 ? 0 : top + rowHeight - y };
}

function isTile(panel: Element, { isPhone }: Pen): boolean {
  return isPhone && panel.classes.has("dj-stat");
}

/** What has a row to itself needs no more of it than it says. */
function middlePx(panel: Element, widthPx: number, span: number, pen: Pen): number {
  const ownPx = rowsOf(panel) * 48 - 16;
  return span === 2 ? Math.min(ownPx, naturalPx(panel, widthPx, pen) ?? ownPx) : ownPx;
}

/** Words are as high as they are, and lists up to some rows more than they ask for. */
function phonePx(panel: Element, widthPx: number, pen: Pen): number {
  const ownPx = rowsOf(panel) * 44 - 12;
  if (isTile(panel, pen)) return Math.max(ownPx, tilePx(panel, widthPx, pen));
  const natural = naturalPx(panel, widthPx, pen) ?? ownPx;
  return panel.classes.has("dj-text") ? natural : Math.min(natural, rowsOf(panel) * 44 + 160);
}

function rowsOf(panel: Element): number {
  return classNumber(panel, "dj-h") ?? 8;
}

const columns = 24;
const gapPx = 16;
const rowPx = 48;

/** Fills rows in order, as CSS Grid places what has at most a column of its own (CSS Grid 2, section 8.5). */
function placeWide(panels: readonly Element[], { x, y, w }: Pick<Box, "x" | "y" | "w">): Grid {
  const columnPx = (w - gapPx * (columns - 1)) / columns + gapPx;
  const taken = new Set<number>();
  const isFree = (row: number, column: number, wide: number, high: number) => {
    for (let down = 0; down < high; down += 1) {
      for (let across = 0; across < wide; across += 1)
        if (taken.has((row + down) * columns + column + across)) return false;
    }
    return true;
  };
  let [row, column, rows] = [0, 0, 0];
  const boxes = panels.map((panel) => {
    const wide = Math.min(columns, classNumber(panel, "dj-w") ?? columns);
    const high = rowsOf(panel);
    const own = classNumber(panel, "dj-x");
    if (own === undefined) {
      while (column + wide > columns || !isFree(row, column, wide, high)) {
        column += 1;
        if (column + wide > columns) [row, column] = [row + 1, 0];
      }
    } else {
      const at = Math.min(own, columns - wide);
      if (at < column) row += 1;
      column = at;
      while (!isFree(row, column, wide, high)) row += 1;
    }
    for (let down = 0; down < high; down += 1) {
      for (let across = 0; across < wide; across += 1) taken.add((row + down) * columns + column + across);
    }
    rows = Math.max(rows, row + high);
    return { x: x + column * columnPx, y: y + row * rowPx, w: wide * columnPx - gapPx, h: high * rowPx - gapPx };
  });
  return { boxes, heightPx: Math.max(0, rows * rowPx - gapPx) };
}
