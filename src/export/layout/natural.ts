import { barsPx } from "./bars.ts";
import type { Pen } from "./box.ts";
import { type Element, find } from "./markup.ts";
import { drawProse } from "./prose.ts";
import { tablePx } from "./table.ts";

/** What stands around a list in its card: padding, heading, and a note of two lines; and around words. */
const aroundPx = 64;
const notePx = 46;
const aroundWordsPx = 56;

/** Returns how high a panel of words is, or of a list with all of its rows; undefined for one that shows something else. */
export function naturalPx(panel: Element, widthPx: number, pen: Pen): number | undefined {
  const prose = find(panel, "dj-prose");
  if (prose !== undefined)
    return aroundWordsPx + drawProse(prose.children, { x: 0, y: 0, w: widthPx - 32 }, pen).heightPx;
  const note = find(panel, "dj-foot") === undefined ? 0 : notePx;
  const table = find(panel, "dj-rows");
  if (table !== undefined) return aroundPx + tablePx(table) + note;
  const bars = find(panel, "dj-bars");
  return bars && aroundPx + barsPx(bars) + note;
}
