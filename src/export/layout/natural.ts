import { barsPx } from "./bars.ts";
import { type Element, find } from "./markup.ts";
import { tablePx } from "./table.ts";

/** What stands around a list in its card: padding, heading, and a note of two lines. */
const aroundPx = 64;
const notePx = 46;

/** Returns how high a panel is that shows a list with all of its rows; undefined for one that shows something else. */
export function naturalPx(panel: Element): number | undefined {
  const note = find(panel, "dj-foot") === undefined ? 0 : notePx;
  const table = find(panel, "dj-rows");
  if (table !== undefined) return aroundPx + tablePx(table) + note;
  const bars = find(panel, "dj-bars");
  return bars && aroundPx + barsPx(bars) + note;
}
