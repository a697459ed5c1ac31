import type { Box } from "./box.ts";
import { classNumber, type Element } from "./markup.ts";
import { naturalPx } from "./natural.ts";

/** Where each of a dashboard's panels stands in the grid, and how high the grid is. */
export type Grid = { readonly boxes: readonly Box[]; readonly heightPx: number };

/** Places panels in a width as page.css and narrow.css do: on 24 columns, on two, or on two of which most take both. */
export function placePanels(panels: readonly Element[], { x, y, w }: Pick<Box, "x" | "y" | "w">, rootPx: number): Grid {
  if (rootPx >= 1023) return placeWide(panels, { x, y, w });
  const isSmall = rootPx < 639;
  const [gap, rowPx] = isSmall ? [12, 44] : [16, 48];
  // What has a row to itself needs no more of it than it says.
  const heightOf = (panel: Element, span: number) => {
    const most = (classNumber(panel, "dj-h") ?? 8) * rowPx - gap;
    return Math.min(most, (span === 2 && naturalPx(panel)) || most);
  };
  const boxes: Box[] = [];
  const half = (w - gap) / 2;
  let [top, column, rowHeight] = [y, 0, 0];
  for (const panel of panels) {
    const span = rootPx < 340 ? 2 : (classNumber(panel, isSmall ? "dj-sm" : "dj-md") ?? 2);
    if (column + span > 2) [top, column, rowHeight] = [top + rowHeight + gap, 0, 0];
    const h = heightOf(panel, span);
    boxes.push({ x: x + column * (half + gap), y: top, w: span === 2 ? w : half, h });
    rowHeight = Math.max(rowHeight, h);
    column += span;
  }
  return { boxes, heightPx: panels.length === 0 ? 0 : top + rowHeight - y };
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
    const high = classNumber(panel, "dj-h") ?? 8;
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
