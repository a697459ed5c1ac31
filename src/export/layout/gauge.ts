import { html, nothing, type Safe } from "../../chart/safe.ts";
import type { Box, Pen } from "./box.ts";
import { charsOf } from "./chart.ts";
import { type Element, elementsOf, find, findTag, textOf } from "./markup.ts";
import { drawNumber } from "./stat.ts";
import { drawSvg } from "./svg.ts";
import { baseline, drawLines, drawText, widthOf, wrap } from "./text.ts";

/** Draws a gauge, as gauge.css lays it out: its arc, its number, what is said of it, and its ends. */
export function drawGauge(dial: Element, box: Box, pen: Pen): Safe {
  const isLow = box.h < 100;
  const room = isLow ? box.h * 1.449 : box.h < 150 ? (box.h - 22) * 1.449 : (box.h - 26) * 1.22;
  const size = Math.max(1, Math.min(box.w, room, 640));
  const arcPx = size * 0.69;
  const highPx = arcPx + (isLow ? 0 : 26);
  const face = { x: box.x + (box.w - size) / 2, y: box.y + (box.h - highPx) / 2, w: size, h: arcPx };
  const svg = findTag(dial, "svg");
  const reading = find(dial, "dj-reading");
  const ends = isLow ? undefined : find(dial, "dj-ends");
  return html`
    ${svg === undefined ? nothing : drawSvg(svg, face, pen)}
    ${reading === undefined ? nothing : drawReading(reading, face, isLow, pen)}
    ${ends === undefined ? nothing : drawEnds(ends, face, pen)}`;
}

function drawReading(reading: Element, face: Box, isLow: boolean, pen: Pen): Safe {
  const { palette } = pen;
  const figure = findTag(reading, "b");
  const caption = isLow ? "" : textOf(findTag(reading, "span") ?? "");
  const hasCaption = findTag(reading, "span") !== undefined;
  const sizePx = Math.max(14, Math.min(face.w * 0.18, (face.w * 0.9) / charsOf(reading, 4)));
  const top = face.y + face.w * (hasCaption ? 0.455 : 0.49) - sizePx / 2;
  const captionPx = Math.min(20, Math.max(11, face.w * 0.057));
  const type = { sizePx: captionPx, fill: palette.of("fg2") };
  const lines = wrap(caption, face.w * (face.w < 160 ? 0.54 : 0.64), type, 2);
  const middle = face.x + face.w / 2;
  const words = drawLines(
    lines,
    { x: middle, topPx: top + sizePx + face.w * 0.026, linePx: captionPx * 1.3, anchor: "middle" },
    type,
  );
  const number = { sizePx, weight: 600, spacing: -0.035, fill: palette.of("fg") };
  const unit = { sizePx: Math.max(11, sizePx * 0.55), weight: 520, spacing: -0.01, fill: palette.of("fg2") };
  const spot = { x: middle, y: baseline(top, sizePx, sizePx), anchor: "middle" as const };
  return html`${figure === undefined ? nothing : drawNumber(figure, spot, number, unit)}${words.svg}`;
}

function drawEnds(ends: Element, face: Box, { palette }: Pen): Safe {
  const type = { sizePx: Math.min(15, Math.max(11, face.w * 0.052)), fill: palette.of("fg2") };
  const y = baseline(face.y + face.h + 4, 22, type.sizePx);
  const drawn = elementsOf(ends).map((end, index) => {
    const text = textOf(end);
    const half = Math.max(face.w * 0.2, widthOf(text, type)) / 2;
    const x = index === 0 ? face.x + half : face.x + face.w - half;
    return drawText(text, { x, y, anchor: "middle" }, type);
  });
  return html`${drawn}`;
}
