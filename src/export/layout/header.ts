import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { mix } from "./colors.ts";
import { type Element, elementsOf, find, findTag, isUnseen, textOf } from "./markup.ts";
import { drawSvg, moodOf } from "./svg.ts";
import { baseline, cut, drawLines, drawText, round, widthOf, wrap } from "./text.ts";

/** A drawing and how high it is. */
type Drawn = { readonly svg: Safe; readonly heightPx: number };

/** Draws a dashboard's title and what it shows: beside each other where there is room for both. */
export function drawHeader(header: Element, { x, y, w }: Pick<Box, "x" | "y" | "w">, pen: Pen): Drawn {
  const facts = toFacts(header, w, pen);
  const factsPx = facts.reduce((sum, { widthPx, gapPx }, index) => sum + widthPx + (index === 0 ? 0 : gapPx), 0);
  const isBeside = facts.length === 0 || factsPx + 24 + 320 <= w;
  const heading = drawHeading(header, { x, y, w: isBeside && facts.length > 0 ? w - factsPx - 24 : w }, pen);
  if (facts.length === 0) return heading;
  if (!isBeside) {
    const below = drawFacts(facts, { x, y: y + heading.heightPx + 12, w });
    return { svg: html`${heading.svg}${below.svg}`, heightPx: heading.heightPx + 12 + below.heightPx };
  }
  const heightPx = Math.max(heading.heightPx, factPx);
  const beside = drawFacts(facts, { x: x + w - factsPx, y: y + heightPx - factPx, w: factsPx + 1 });
  return { svg: html`${heading.svg}${beside.svg}`, heightPx };
}

function drawHeading(header: Element, { x, y, w }: Pick<Box, "x" | "y" | "w">, { palette }: Pen): Drawn {
  const owner = find(header, "dj-owner");
  const title = { sizePx: 24, weight: 600, spacing: -0.022, fill: palette.of("fg") };
  const lead = { sizePx: 13.5, fill: palette.of("fg2") };
  const ownerPx = owner === undefined ? 0 : 22;
  const titleLines = wrap(textOf(findTag(header, "h1") ?? ""), w, title, 4);
  const h1 = drawLines(titleLines, { x, topPx: y + ownerPx, linePx: 32 }, title);
  const leadLines = wrap(textOf(find(header, "dj-lead") ?? ""), Math.min(w, 600), lead, 8);
  const leadTop = y + ownerPx + h1.heightPx + (leadLines.length > 0 ? 4 : 0);
  const words = drawLines(leadLines, { x, topPx: leadTop, linePx: 20 }, lead);
  const svg = html`${owner === undefined ? nothing : drawOwner(owner, { x, y, w })}${h1.svg}${words.svg}`;
  return { svg, heightPx: leadTop + words.heightPx - y };

  function drawOwner(element: Element, place: Pick<Box, "x" | "y" | "w">): Safe {
    const name = textOf(findTag(element, "b") ?? "");
    const part = textOf(findTag(element, "span") ?? "");
    const strong = { sizePx: 12, weight: 560, fill: palette.of("fg2") };
    const spot = { x: place.x, y: baseline(place.y, 20, 12), maxPx: place.w };
    const partX = place.x + widthOf(name, strong) + 7;
    const room = Math.max(0, place.w - (partX - place.x));
    return html`
      ${drawText(name, spot, strong)}
      ${drawText(part, { ...spot, x: partX, maxPx: room }, { sizePx: 12, fill: palette.of("fg3") })}`;
  }
}

/** How high a line of facts is. */
const factPx = 32;

/** One thing that a header says, ready to be placed. */
type Fact = { readonly widthPx: number; readonly gapPx: number; readonly draw: (x: number, y: number) => Safe };

function drawFacts(facts: readonly Fact[], { x, y, w }: Pick<Box, "x" | "y" | "w">): Drawn {
  let [left, line] = [0, 0];
  const drawn = facts.map(({ widthPx, gapPx, draw }) => {
    const gap = left === 0 ? 0 : gapPx;
    if (left > 0 && left + gap + widthPx > w) [left, line] = [0, line + 1];
    else left += gap;
    const svg = draw(x + left, y + line * (factPx + 8));
    left += widthPx;
    return svg;
  });
  return { svg: html`${drawn}`, heightPx: (line + 1) * factPx + line * 8 };
}

function toFacts(header: Element, maxPx: number, pen: Pen): Fact[] {
  const status = find(header, "dj-status");
  const filters = find(header, "dj-filters");
  const chips = filters === undefined ? [] : elementsOf(filters).filter(({ classes }) => classes.has("dj-chip"));
  return [
    ...(status === undefined ? [] : [toStatus(status, pen)]),
    ...chips.map((chip, index) => ({ ...toChip(chip, maxPx, pen), gapPx: index === 0 ? 14 : 9 })),
  ];
}

function toStatus(status: Element, pen: Pen): Fact {
  const { palette } = pen;
  const text = textOf(status);
  const type = { sizePx: 12.5, fill: palette.of("fg3") };
  const mood = moodOf(status.classes, pen);
  return {
    widthPx: 19 + widthOf(text, type),
    gapPx: 0,
    draw: (x, y) => html`
      <circle cx="${round(x + 7)}" cy="${round(y + 16)}" r="7" fill="${mix(mood, 0.22, palette.of("bg"))}"/>
      <circle cx="${round(x + 7)}" cy="${round(y + 16)}" r="4" fill="${mood}"/>
      ${drawText(text, { x: x + 19, y: baseline(y, factPx, 12.5) }, type)}`,
  };
}

/** A chip says what a filter is set to: its name or a clock, and its value. */
function toChip(chip: Element, maxPx: number, pen: Pen): Omit<Fact, "gapPx"> {
  const { palette } = pen;
  const nameType = { sizePx: 13, fill: palette.of("fg3") };
  const valueType = { sizePx: 13, weight: 560, fill: palette.of("fg") };
  const icon = find(chip, "dj-clock");
  const name = textOf(elementsOf(chip).find((child) => child.tag === "span" && !isUnseen(child)) ?? "");
  const shown = cut(name, maxPx / 2, nameType);
  const namePx = icon === undefined ? widthOf(shown, nameType) : 14;
  const value = cut(textOf(findTag(chip, "b") ?? ""), maxPx - namePx - 29, valueType);
  const widthPx = 11 + namePx + 7 + widthOf(value, valueType) + 11;
  return {
    widthPx,
    draw: (x, y) => {
      const line = baseline(y, factPx, 13);
      const card = { x: x + 0.5, y: y + 0.5, w: widthPx - 1, h: factPx - 1 };
      const label =
        icon === undefined
          ? drawText(shown, { x: x + 11, y: line }, nameType)
          : drawSvg(icon, { x: x + 11, y: y + 9, w: 14, h: 14 }, pen);
      return html`
        ${drawBox(card, palette.of("surface"), palette.radiusPx * 0.75, palette.of("border"))}${label}
        ${drawText(value, { x: x + 18 + namePx, y: line }, valueType)}`;
    },
  };
}
