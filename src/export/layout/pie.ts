import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, drawRule, type Pen } from "./box.ts";
import { charsOf } from "./chart.ts";
import { mix } from "./colors.ts";
import { type Element, elementsOf, find, findTag, textOf } from "./markup.ts";
import { drawSvg, seriesColor, tintOf } from "./svg.ts";
import { baseline, drawText, widthOf } from "./text.ts";

/** Draws a pie or a donut beside the list of its slices, as pie.css lays them out. */
export function drawPie(shares: Element, box: Box, pen: Pen): Safe {
  const ring = find(shares, "dj-ring");
  if (ring === undefined) return nothing;
  const isUpright = box.w / box.h < 0.9 && box.h >= 420;
  const size = Math.max(
    1,
    isUpright ? Math.min(box.w * 0.8, box.h * 0.5, 380) : Math.min(box.h * 0.88, box.w * 0.41, 380),
  );
  const gap = box.w < 400 ? 14 : 24;
  const keys = find(shares, "dj-keys");
  const lineCount = keys === undefined ? 0 : elementsOf(keys).length;
  const linePx = box.h < 240 ? 27 : 32;
  const listH = Math.min(lineCount * linePx, isUpright ? box.h - size - gap : box.h);
  const listW = isUpright ? Math.min(440, box.w) : Math.min(440, box.w - size - 6 - gap);
  const place = isUpright
    ? { x: box.x + (box.w - size) / 2, y: box.y + Math.max(0, (box.h - size - gap - listH) / 2), w: size, h: size }
    : { x: box.x + (box.w - size - 6 - gap - listW) / 2 + 3, y: box.y + (box.h - size) / 2, w: size, h: size };
  const list = isUpright
    ? { x: box.x + (box.w - listW) / 2, y: place.y + size + gap, w: listW, h: listH }
    : { x: place.x + size + 3 + gap, y: box.y + (box.h - listH) / 2, w: listW, h: listH };
  const svg = findTag(ring, "svg");
  const whole = find(ring, "dj-whole");
  return html`
    ${svg === undefined ? nothing : drawSvg(svg, place, pen, "", ring.classes)}
    ${whole === undefined || size < 60 ? nothing : drawWhole(whole, place, pen)}
    ${keys === undefined ? nothing : drawKeys(keys, list, linePx, box.w >= 400, pen)}`;
}

/** Draws what a donut's hole says: the sum, and of what it is. */
function drawWhole(whole: Element, ring: Box, { palette }: Pen): Safe {
  const sizePx = Math.max(12, Math.min(ring.w * 0.13, (ring.w * 0.9) / charsOf(whole, 3), 44));
  const wordPx = Math.min(17, Math.max(11, ring.w * 0.066));
  const word = ring.w < 84 ? "" : textOf(findTag(whole, "span") ?? "");
  const [lineA, lineB] = [sizePx * 1.2, word === "" ? 0 : wordPx * 1.35];
  const top = ring.y + (ring.h - lineA - lineB) / 2;
  const x = ring.x + ring.w / 2;
  const number = { sizePx, weight: 600, spacing: -0.03, fill: palette.of("fg") };
  const place = { x, y: baseline(top + lineA, lineB, wordPx), anchor: "middle" as const, maxPx: ring.w * 0.54 };
  return html`
    ${drawText(textOf(findTag(whole, "b") ?? ""), { x, y: baseline(top, lineA, sizePx), anchor: "middle" }, number)}
    ${drawText(word, place, { sizePx: wordPx, fill: palette.of("fg2") })}`;
}

/** Draws the list of slices, as many as there is room for; the last line says how many more there are. */
function drawKeys(keys: Element, box: Box, linePx: number, hasAmounts: boolean, pen: Pen): Safe {
  const { palette } = pen;
  const entries = elementsOf(keys);
  const room = Math.max(1, Math.floor((box.h + 1) / linePx));
  const shown = entries.length > room ? entries.slice(0, room - 1) : entries;
  const shareType = { sizePx: 13, weight: 600, fill: palette.of("fg") };
  const amountType = { sizePx: 13, fill: palette.of("fg3") };
  const amountOf = (entry: Element) => (hasAmounts ? textOf(find(entry, "dj-amount") ?? "") : "");
  const shareOf = (entry: Element) => textOf(findTag(entry, "b") ?? "");
  const widest = (texts: readonly string[], type: typeof amountType) =>
    texts.reduce((px, text) => Math.max(px, widthOf(text, type)), 0);
  const amountPx = hasAmounts ? widest(shown.map(amountOf), amountType) + 11 : 0;
  const sharePx = widest(shown.map(shareOf), shareType) + 11;
  const right = box.x + box.w;
  const drawn = shown.map((entry, index) => {
    const top = box.y + index * linePx;
    const y = baseline(top, linePx, 13);
    const key = find(entry, "dj-key");
    const color = key && seriesColor(key.classes, pen);
    const square = { x: box.x, y: top + linePx / 2 - 4.5, w: 9, h: 9 };
    const fill = key && color ? mix(color, tintOf(key.classes), palette.of("surface")) : palette.of("fg3");
    const name = { x: box.x + 20, y, maxPx: Math.max(0, box.w - 20 - sharePx - amountPx) };
    return html`
      ${index === 0 ? nothing : drawRule(box.x, top, box.w, palette.of("hair"))}
      ${drawBox(square, fill, 2.5)}
      ${drawText(textOf(find(entry, "dj-name") ?? ""), name, { sizePx: 13, fill: palette.of("fg") })}
      ${drawText(shareOf(entry), { x: right - amountPx, y, anchor: "end" }, shareType)}
      ${drawText(amountOf(entry), { x: right, y, anchor: "end" }, amountType)}`;
  });
  const left = entries.length - shown.length;
  const more = { x: box.x + 20, y: baseline(box.y + shown.length * linePx, linePx, 13) };
  return html`${drawn}${left > 0 ? drawText(`and ${left} more`, more, amountType) : nothing}`;
}
