import type { Layout } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import { isPlaced } from "./panel.ts";

/** Reports panels that are half placed, leave the grid, or lie on one that is written before them. */
export function checkGrid(layout: Layout, report: Report): void {
  const taken = new Map<number, number>();
  for (const [index, { grid }] of layout.panels.entries()) {
    if (grid === undefined) continue;
    const path = `layout.panels[${index}].grid`;
    if ((grid.x === undefined) !== (grid.y === undefined)) report(path, "x and y go together");
    if (!isPlaced(grid)) continue;
    const { x, y, w, h } = grid;
    if (x + w > columns) report(path, `x and w together are at most ${columns}`);
    // What the proto refuses is not placed: a height of a billion must not cost a billion steps.
    else if (x >= 0 && w >= 1 && h <= maxRows && !take(taken, { x, y, w, h })) report(path, "lies on another panel");
  }
}

const columns = 24;
const maxRows = 24;

/** Marks the panel's cells as taken, one bit a column, and returns whether all were free. */
function take(taken: Map<number, number>, { x, y, w, h }: { x: number; y: number; w: number; h: number }): boolean {
  const bits = ((1 << w) - 1) << x;
  let free = true;
  for (let row = y; row < y + h; row += 1) {
    const before = taken.get(row) ?? 0;
    free &&= (before & bits) === 0;
    taken.set(row, before | bits);
  }
  return free;
}
