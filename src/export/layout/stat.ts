import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { type Element, find, findTag, rawText, textOf } from "./markup.ts";
import { drawSvg, moodOf } from "./svg.ts";
import { baseline, cut, drawRuns, drawText, type Spot, type Type, widthOf } from "./text.ts";

/** Draws the number of a tile, with its unit. */
export function drawFigure(value: Element, box: Box, pen: Pen): Safe {
  const { palette } = pen;
  const hasMood = ["dj-good", "dj-warn", "dj-bad"].some((name) => value.classes.has(name));
  const fill = hasMood ? moodOf(value.classes, pen) : palette.of("fg");
  const type = { sizePx: 27, weight: 600, spacing: -0.032, fill };
  const unitType = { sizePx: 14, weight: 480, spacing: -0.01, fill: palette.of("fg2") };
  return drawNumber(value, { x: box.x, y: baseline(box.y, 32, 27), maxPx: box.w }, type, unitType);
}

/** Draws a number with the unit that its markup says in small letters, right behind it. */
export function drawNumber(figure: Element, { maxPx, ...spot }: Spot, type: Type, unitType: Type): Safe {
  const small = findTag(figure, "small");
  const large = rawText({ ...figure, children: figure.children.filter((child) => child !== small) }).trim();
  const unit = rawText(small ?? "");
  const text = maxPx === undefined ? large : cut(large, maxPx, type);
  // A space that no line may break at is as wide as any.
  return drawRuns(
    [
      { text, type },
      { text: text === large ? unit.replace(/^\s+/, "\u00a0") : "", type: unitType },
    ],
    spot,
  );
}

/** Draws a change: a pill in the colour of its mood, and what it is compared with, for which a phone has no room. */
export function drawDelta(delta: Element, box: Box, pen: Pen): Safe {
  const pill = find(delta, "dj-pill");
  const versus = pen.isPhone ? "" : textOf(find(delta, "dj-versus") ?? "");
  const drawn = pill === undefined ? undefined : drawPill(pill, box.x, box.y + 0.5, pen);
  const x = box.x + (drawn === undefined ? 0 : drawn.widthPx + 8);
  const y = baseline(box.y, 20, 12);
  const maxPx = Math.max(0, box.x + box.w - x);
  return html`${drawn?.svg ?? nothing}${drawText(versus, { x, y, maxPx }, { sizePx: 12, fill: pen.palette.of("fg3") })}`;
}

function drawPill(pill: Element, x: number, y: number, pen: Pen): { readonly svg: Safe; readonly widthPx: number } {
  const text = textOf(pill);
  const arrow = find(pill, "dj-arrow");
  const type = { sizePx: 11.5, weight: 600, fill: moodOf(pill.classes, pen) };
  const start = 6 + (arrow === undefined ? 0 : 13);
  const widthPx = start + widthOf(text, type) + 7;
  const place = { x: x + 6, y: y + 6, w: 8, h: 7 };
  const svg = html`
    ${drawBox({ x, y, w: widthPx, h: 19 }, softOf(pill.classes, pen), 9.5)}
    ${arrow === undefined ? nothing : drawSvg(arrow, place, pen, "", pill.classes)}
    ${drawText(text, { x: x + start, y: baseline(y, 19, 11.5) }, type)}`;
  return { svg, widthPx };
}

/** Returns the ground on which a status is written. */
export function softOf(classes: ReadonlySet<string>, { palette }: Pen): string {
  for (const mood of ["good", "warn", "bad"]) if (classes.has(`dj-${mood}`)) return palette.of(`${mood}-soft`);
  return palette.of("track");
}
