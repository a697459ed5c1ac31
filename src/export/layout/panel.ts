import { html, nothing, type Safe } from "../../chart/safe.ts";
import { drawBars } from "./bars.ts";
import { type Box, clip, drawBox, type Pen } from "./box.ts";
import { drawChart, drawSteps, stepsPx } from "./chart.ts";
import { drawGauge } from "./gauge.ts";
import { drawLegend } from "./legend.ts";
import { type Element, elementsOf, find, findTag, isUnseen, textOf } from "./markup.ts";
import { drawPie } from "./pie.ts";
import { drawProse } from "./prose.ts";
import { drawDelta, drawFigure } from "./stat.ts";
import { drawSvg } from "./svg.ts";
import { drawTable } from "./table.ts";
import { baseline, drawLines, drawText, type Type, widthOf, wrap } from "./text.ts";

const lastPx = 14;

/** Draws a panel as a card: its heading, and below that its inside. */
export function drawPanel(panel: Element, box: Box, pen: Pen): Safe {
  const { palette } = pen;
  const { head, room, children, isStat } = openPanel(panel, box, pen);
  const inside = { ...room, h: Math.max(0, box.y + box.h - lastPx - room.y) };
  const body = drawInside(children, inside, box, isStat, pen);
  const shadow = drawBox({ ...box, y: box.y + 1.5 }, palette.isDark ? "#050608" : "#eceef1", palette.radiusPx);
  const edge = { x: box.x + 0.5, y: box.y + 0.5, w: box.w - 1, h: box.h - 1 };
  const card = drawBox(edge, palette.of("surface"), palette.radiusPx - 0.5, palette.of("border"));
  return html`${shadow}${card}${clip(pen, edge, html`${head.svg}${body}`, palette.radiusPx - 0.5)}`;
}

/** Returns how high a tile is that shows all it says, and whose number does not sink into its sparkline. */
export function tilePx(panel: Element, widthPx: number, pen: Pen): number {
  const card = { x: 0, y: 0, w: widthPx, h: 0 };
  const { room, children, isStat } = openPanel(panel, card, pen);
  const hasFoot = children.some(({ classes }) => classes.has("dj-foot"));
  const parts = children.map((child) => toPart(child, { ...room, h: 0 }, card, { isStat, hasFoot }, pen));
  const hasSpark = !hasFoot && children.some(({ classes }) => classes.has("dj-spark"));
  return room.y + fixedPx(parts) + (hasSpark ? 36 : 12);
}

/** Draws a panel's heading, and returns what else it holds and the room below. */
function openPanel(panel: Element, box: Box, pen: Pen) {
  const isStat = panel.classes.has("dj-stat");
  const [padX, padY] = isStat && pen.isPhone ? [14, 12] : [16, isStat ? 13 : 14];
  const room = { x: box.x + padX, y: box.y + padY, w: box.w - 2 * padX };
  const seen = elementsOf(panel).filter((child) => !isUnseen(child));
  const heading = seen.find(({ classes }) => classes.has("dj-head"));
  const head = heading === undefined ? { svg: nothing, heightPx: 0 } : drawHead(heading, room, isStat, pen);
  const children = seen.filter((child) => child !== heading);
  return { head, room: { ...room, y: room.y + head.heightPx }, children, isStat };
}

/** Draws title, description and age: on one line where they fit. */
function drawHead(
  head: Element,
  { x, y, w }: Pick<Box, "x" | "y" | "w">,
  isStat: boolean,
  { palette }: Pen,
): { readonly svg: Safe; readonly heightPx: number } {
  const type: Type = isStat
    ? { sizePx: 13, weight: 500, fill: palette.of("fg2") }
    : { sizePx: 13, weight: 600, fill: palette.of("fg") };
  const noteType = { sizePx: 12, fill: palette.of("fg3") };
  const ageType = { sizePx: 12, fill: palette.of("warn") };
  const note = textOf(find(head, "dj-note") ?? "");
  const age = textOf(find(head, "dj-age") ?? "");
  const agePx = age === "" ? 0 : widthOf(age, ageType) + 8;
  const lines = wrap(textOf(findTag(head, "h2") ?? ""), w - (note === "" ? agePx : 0), type, isStat ? 1 : 2);
  const title = drawLines(lines, { x, topPx: y, linePx: 20 }, type);
  const titlePx = lines.length === 1 ? widthOf(lines[0]!, type) + 8 : lines.length === 0 ? 0 : w;
  const isBeside = note !== "" && titlePx + widthOf(note, noteType) + agePx <= w;
  const noteLine = isBeside ? Math.max(0, lines.length - 1) : lines.length;
  const noteSpot = { x: isBeside ? x + titlePx : x, y: baseline(y + noteLine * 20, 20, 12), maxPx: w - agePx };
  const hasLine = note !== "" && !isBeside;
  const ageY = baseline(y + (hasLine ? noteLine : Math.max(0, lines.length - 1)) * 20, 20, 12);
  const svg = html`
    ${title.svg}${drawText(note, noteSpot, noteType)}
    ${drawText(age, { x: x + w, y: ageY, anchor: "end" }, ageType)}`;
  return { svg, heightPx: Math.max(1, lines.length + (hasLine ? 1 : 0)) * 20 };
}

/** A part of a panel's inside: how high it is, or that it takes what the others leave. */
type Part = {
  readonly heightPx?: number;
  readonly before?: number;
  readonly draw: (box: Box) => Safe;
};

function drawInside(children: readonly Element[], inside: Box, card: Box, isStat: boolean, pen: Pen): Safe {
  const hasFoot = children.some(({ classes }) => classes.has("dj-foot"));
  const parts = children.map((child) => toPart(child, inside, card, { isStat, hasFoot }, pen));
  const fixed = fixedPx(parts);
  const flexible = parts.filter(({ heightPx }) => heightPx === undefined).length;
  const share = Math.max(0, inside.h - fixed) / Math.max(1, flexible);
  // In a tile, what is said below the number stands at its bottom.
  const slack = flexible === 0 && isStat && hasFoot ? Math.max(0, inside.h - fixed) : 0;
  let y = inside.y;
  const drawn = parts.map(({ heightPx = share, before = 0, draw }, index) => {
    y += before + (children[index]!.classes.has("dj-foot") ? slack : 0);
    const svg = draw({ ...inside, y, h: heightPx });
    y += heightPx;
    return svg;
  });
  return html`${drawn}`;
}

function fixedPx(parts: readonly Part[]): number {
  return parts.reduce((sum, { heightPx = 0, before = 0 }) => sum + heightPx + before, 0);
}

function toPart(
  child: Element,
  inside: Box,
  card: Box,
  { isStat, hasFoot }: { readonly isStat: boolean; readonly hasFoot: boolean },
  pen: Pen,
): Part {
  const { palette } = pen;
  const has = (name: string) => child.classes.has(name);
  if (has("dj-legend")) {
    const { heightPx } = drawLegend(child, inside, pen);
    return { heightPx, before: 4, draw: (box) => drawLegend(child, box, pen).svg };
  }
  if (has("dj-chart")) return { before: 8, draw: (box) => drawChart(child, box, pen) };
  if (has("dj-steps")) return { heightPx: stepsPx, before: 4, draw: (box) => drawSteps(child, box, pen) };
  if (has("dj-dial")) return { before: 4, draw: (box) => drawGauge(child, box, pen) };
  if (has("dj-shares")) return { before: 8, draw: (box) => drawPie(child, box, pen) };
  if (has("dj-value")) return { heightPx: 32, draw: (box) => drawFigure(child, box, pen) };
  if (has("dj-delta")) return { heightPx: 20, before: 2, draw: (box) => drawDelta(child, box, pen) };
  if (has("dj-spark")) {
    // It stands at the card's bottom edge, over its whole width.
    const high = pen.isPhone ? 27 : 31;
    const bottom = card.y + card.h - (hasFoot ? 38 : 1);
    const isHidden = hasFoot && card.h < 4 * 48 - 16;
    const place = { x: card.x + 1, y: bottom - high, w: card.w - 2, h: high };
    return { heightPx: 0, draw: () => (isHidden ? nothing : drawSvg(child, place, pen)) };
  }
  if (has("dj-rows")) {
    const wide = (box: Box) => ({ x: card.x + 1, y: box.y, w: card.w - 2, h: box.h + (hasFoot ? 0 : lastPx - 1) });
    return { before: 8, draw: (box) => drawTable(child, wide(box), pen) };
  }
  const bars = has("dj-scroll") ? find(child, "dj-bars") : undefined;
  if (bars !== undefined) return { before: 8, draw: (box) => drawBars(bars, box, pen) };
  if (has("dj-foot")) {
    const type = { sizePx: 12, fill: palette.of("fg3") };
    const lines = wrap(textOf(child), inside.w, type, isStat ? (pen.isPhone ? 3 : 1) : 2);
    const linePx = 20;
    return {
      heightPx: lines.length * linePx,
      before: 6,
      draw: (box) => drawLines(lines, { x: box.x, topPx: box.y, linePx }, type).svg,
    };
  }
  if (has("dj-empty")) return { draw: (box) => drawEmpty(child, box, isStat, pen) };
  return { draw: (box) => clip(pen, box, drawProse(child.children, { ...box, endPx: box.y + box.h }, pen).svg) };
}

/** Draws in the middle of a panel why there is nothing in it. */
function drawEmpty(empty: Element, box: Box, isStat: boolean, { palette }: Pen): Safe {
  const what = findTag(empty, "b");
  const strong = { sizePx: 13, weight: 560, fill: palette.of("fg2") };
  const type = { sizePx: 13, fill: palette.of("fg3") };
  const maxPx = Math.min(box.w, 300);
  const hint = what === undefined ? textOf(empty) : isStat ? "" : textOf(findTag(empty, "span") ?? "");
  const first = wrap(what === undefined ? "" : textOf(what), maxPx, strong, 2);
  const then = wrap(hint, maxPx, type, 3);
  const topPx = box.y + Math.max(0, (box.h - (first.length + then.length) * 20) / 2);
  const middle = { x: box.x + box.w / 2, linePx: 20, anchor: "middle" as const };
  const words = drawLines(first, { ...middle, topPx }, strong);
  return html`${words.svg}${drawLines(then, { ...middle, topPx: topPx + words.heightPx }, type).svg}`;
}
