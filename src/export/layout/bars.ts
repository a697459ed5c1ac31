import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { type Element, elementsOf, find, findTag, textOf } from "./markup.ts";
import { drawSvg } from "./svg.ts";
import { baseline, drawText, widthOf } from "./text.ts";

/** The space between two entries. */
const gapPx = 8;

/** Draws bars in a list, as many as there is room for; the last line says how many more there are. */
export function drawBars(list: Element, box: Box, pen: Pen): Safe {
  const entries = elementsOf(list);
  const heights = entries.map(heightOf);
  const bottom = box.y + box.h;
  const drawn: Safe[] = [];
  let y = box.y + 2;
  for (const [index, entry] of entries.entries()) {
    const isLast = index === entries.length - 1;
    if (y + heights[index]! + (isLast ? 0 : 20) > bottom && (!isLast || y + heights[index]! > bottom + 4)) {
      const more = { x: box.x, y: baseline(y, 20, 12) };
      drawn.push(drawText(`and ${entries.length - index} more`, more, { sizePx: 12, fill: pen.palette.of("fg3") }));
      break;
    }
    drawn.push(drawEntry(entry, { ...box, y }, pen));
    y += heights[index]! + gapPx;
  }
  return html`${drawn}`;
}

/** Returns how high a list is with all of its entries. */
export function barsPx(list: Element): number {
  return elementsOf(list).reduce((sum, entry) => sum + heightOf(entry) + gapPx, 2);
}

function tracksOf(entry: Element): Element[] {
  return elementsOf(entry).filter(({ classes }) => classes.has("dj-track"));
}

function heightOf(entry: Element): number {
  return entry.classes.has("dj-grouped") ? 20 + tracksOf(entry).length * 16 : 28;
}

function drawEntry(entry: Element, { x, y, w }: Box, pen: Pen): Safe {
  const { palette } = pen;
  const name = textOf(find(entry, "dj-name") ?? "");
  const nameType = { sizePx: 13, fill: palette.of("fg") };
  const tracks = tracksOf(entry);
  const values = elementsOf(entry).filter(({ tag }) => tag === "b");
  if (!entry.classes.has("dj-grouped")) {
    const value = textOf(findTag(entry, "b") ?? "");
    const type = { sizePx: 13, weight: 560, fill: palette.of("fg") };
    const spot = { x, y: baseline(y, 20, 13), maxPx: Math.max(0, w - widthOf(value, type) - 12) };
    return html`
      ${drawText(name, spot, nameType)}
      ${drawText(value, { x: x + w, y: spot.y, anchor: "end" }, type)}
      ${tracks[0] === undefined ? nothing : drawTrack(tracks[0], { x, y: y + 22, w, h: 6 }, pen)}`;
  }
  const type = { sizePx: 12, weight: 500, fill: palette.of("fg") };
  const valuePx = values.reduce((px, value) => Math.max(px, widthOf(textOf(value), type)), 0) + 12;
  const rows = tracks.map((track, index) => {
    const top = y + 22 + index * 16;
    const spot = { x: x + w, y: baseline(top, 14, 12), anchor: "end" as const };
    return html`
      ${drawTrack(track, { x, y: top + 4, w: Math.max(1, w - valuePx), h: 6 }, pen)}
      ${drawText(textOf(values[index] ?? ""), spot, type)}`;
  });
  return html`${drawText(name, { x, y: baseline(y, 20, 13), maxPx: w }, nameType)}${rows}`;
}

/** Draws bars on their track. */
export function drawTrack(track: Element, box: Box, pen: Pen): Safe {
  return html`${drawBox(box, pen.palette.of("track"), 3)}${drawSvg(track, box, pen)}`;
}
