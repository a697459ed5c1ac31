import { html, nothing, type Safe } from "../../chart/safe.ts";
import { drawTrack } from "./bars.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { charsOf } from "./chart.ts";
import { type Element, find, textOf } from "./markup.ts";
import { softOf } from "./stat.ts";
import { drawSvg, moodOf } from "./svg.ts";
import { baseline, drawText, round, widthOf } from "./text.ts";

/** The widths of a bar and of a small line, as table.css has them. */
const [barPx, barGapPx, sparkPx, sparkHighPx] = [56, 12, 88, 22];

const verbPx = 38;

/** Type without a colour, which measuring needs none of. */
const plain = { sizePx: 13, fill: "" };
const code = { sizePx: 12, fill: "", isMono: true };
const tag = { sizePx: 12, weight: 560, fill: "" };
const level = { sizePx: 13, weight: 560, fill: "" };

/** Returns how wide a table's cell would like to be. */
export function measureCell(cell: Element, isNarrow: boolean): number {
  if (find(cell, "dj-tiny") !== undefined) return sparkPx;
  const sized = find(cell, "dj-sized");
  const valuePx = measureText(cell);
  if (sized === undefined) return valuePx;
  const numberPx = Math.max(valuePx, charsOf(sized, 1) * 8.1);
  return numberPx + (isNarrow ? 0 : barPx + barGapPx);
}

function measureText(cell: Element): number {
  const text = textOf(cell);
  if (find(cell, "dj-tag") !== undefined) return widthOf(text, tag) + 13 + 16;
  if (find(cell, "dj-level") !== undefined) return widthOf(text, level) + 19;
  if (!cell.classes.has("dj-code")) return widthOf(text, plain);
  const verb = textOf(find(cell, "dj-verb") ?? "");
  return verb === "" ? widthOf(text, code) : verbPx + widthOf(text.slice(verb.length).trim(), code) + 7;
}

/** Draws a table's cell in its place. */
export function drawCell(cell: Element, box: Box, isNarrow: boolean, pen: Pen): Safe {
  const tiny = find(cell, "dj-tiny");
  const sized = find(cell, "dj-sized");
  if (tiny !== undefined) {
    const place = { x: box.x, y: box.y + (box.h - sparkHighPx) / 2, w: sparkPx, h: sparkHighPx };
    return drawSvg(tiny, place, pen);
  }
  if (sized === undefined) return drawValue(cell, box, pen);
  const track = find(sized, "dj-track");
  const numberPx = Math.max(measureText(cell), charsOf(sized, 1) * 8.1);
  const right = box.x + box.w;
  const bar = { x: right - numberPx - barGapPx - barPx, y: box.y + box.h / 2 - 3, w: barPx, h: 6 };
  return html`${track === undefined || isNarrow ? nothing : drawTrack(track, bar, pen)}${drawValue(cell, box, pen)}`;
}

function drawValue(cell: Element, box: Box, pen: Pen): Safe {
  const { palette } = pen;
  const pill = find(cell, "dj-tag");
  if (pill !== undefined) return drawTag(pill, cell.classes.has("dj-number"), box, pen);
  const text = textOf(cell);
  const isNumber = cell.classes.has("dj-number");
  const spot = {
    x: isNumber ? box.x + box.w : box.x,
    y: baseline(box.y, box.h, 13),
    anchor: isNumber ? ("end" as const) : ("start" as const),
    maxPx: box.w + 1,
  };
  const shape = find(cell, "dj-level");
  if (shape !== undefined) return drawLevel(shape, text, spot, pen);
  const fill = palette.of(cell.classes.has("dj-none") ? "fg3" : "fg");
  if (!cell.classes.has("dj-code")) return drawText(text, spot, { ...plain, fill });
  const verb = textOf(find(cell, "dj-verb") ?? "");
  if (verb === "") return drawText(text, spot, { ...code, fill });
  const rest = { ...spot, x: spot.x + verbPx + 7, maxPx: box.w - verbPx - 6 };
  return html`
    ${drawText(verb, spot, { ...code, sizePx: 11, fill: palette.of("fg3") })}
    ${drawText(text.slice(verb.length).trim(), rest, { ...code, fill })}`;
}

/** A status in words, on the ground of its colour, with a dot. */
function drawTag(pill: Element, isNumber: boolean, box: Box, pen: Pen): Safe {
  const text = textOf(pill);
  const fill = moodOf(pill.classes, pen);
  const w = Math.min(box.w, widthOf(text, tag) + 13 + 16);
  const x = isNumber ? box.x + box.w - w : box.x;
  const y = box.y + box.h / 2 - 10;
  return html`
    ${drawBox({ x, y, w, h: 20 }, softOf(pill.classes, pen), 10)}
    <circle cx="${round(x + 11)}" cy="${round(y + 10)}" r="3" fill="${fill}"/>
    ${drawText(text, { x: x + 21, y: baseline(y, 20, 12), maxPx: w - 28 }, { ...tag, fill })}`;
}

/** A number in the colour of its status, with a shape that tells it as well. */
function drawLevel(
  shape: Element,
  text: string,
  spot: Parameters<typeof drawText>[1] & { readonly anchor: string },
  pen: Pen,
): Safe {
  const fill = moodOf(shape.classes, pen);
  const start = spot.anchor === "end" ? spot.x - widthOf(text, level) : spot.x + 19;
  const [x, y] = [start - 9.5, spot.y - 4.5];
  const mark = shape.classes.has("dj-warn")
    ? html`<path d="M${round(x)} ${round(y - 3.5)}l3.5 7h-7z" fill="${fill}"/>`
    : shape.classes.has("dj-bad")
      ? html`<path d="M${round(x)} ${round(y - 4.5)}l4.5 4.5l-4.5 4.5l-4.5 -4.5z" fill="${fill}"/>`
      : html`<circle cx="${round(x)}" cy="${round(y)}" r="3.5" fill="${fill}"/>`;
  const place = spot.anchor === "end" ? spot : { ...spot, x: start };
  return html`${mark}${drawText(text, place, { ...level, fill })}`;
}
