import { html, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, drawRule, type Pen } from "./box.ts";
import { drawInline } from "./inline.ts";
import { type Element, elementsOf, rawText } from "./markup.ts";
import { baseline, drawText, round, type Type } from "./text.ts";

/** A drawing and how high it is. */
type Drawn = { readonly svg: Safe; readonly heightPx: number };

/** Where a block stands. What would begin below `endPx` is left out. */
type Place = Pick<Box, "x" | "y" | "w"> & { readonly endPx?: number };

/** Draws a text panel's words: what markdown gives, block by block. Whatever is something else is drawn as its words. */
export function drawProse(nodes: Element["children"], place: Place, pen: Pen): Drawn {
  return drawBlocks(nodes, place, { sizePx: 13, fill: pen.palette.of("fg2") }, pen, 6);
}

const blockTags = new Set(["p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "hr", "li", "div"]);

function drawBlocks(nodes: Element["children"], place: Place, type: Type, pen: Pen, gapPx: number): Drawn {
  const { x, y, w, endPx = Number.POSITIVE_INFINITY } = place;
  const drawn: Safe[] = [];
  let top = y;
  let inline: (Element | string)[] = [];
  const flush = () => {
    if (inline.every((node) => typeof node === "string" && node.trim() === "")) inline = [];
    const words = drawInline(inline, { x, topPx: top, maxPx: w, type }, pen);
    inline = [];
    drawn.push(words.svg);
    top += words.heightPx;
  };
  for (const node of nodes) {
    if (top > endPx) break;
    if (typeof node === "string" || !blockTags.has(node.tag)) {
      inline.push(node);
      continue;
    }
    flush();
    const before = /^h\d$/.test(node.tag) ? gapPx + 6 : gapPx;
    const block = drawBlock(node, { ...place, y: top + before }, type, pen);
    drawn.push(block.svg);
    top += before + block.heightPx;
  }
  flush();
  return { svg: html`${drawn}`, heightPx: top - y };
}

function drawBlock(block: Element, place: Place, type: Type, pen: Pen): Drawn {
  const { palette } = pen;
  const { x, y, w } = place;
  switch (block.tag) {
    case "h3":
    case "h4":
    case "h5":
    case "h6":
      return drawInline(
        block.children,
        { x, topPx: y, maxPx: w, type: { ...type, weight: 600, fill: palette.of("fg") } },
        pen,
      );
    case "ul":
    case "ol":
      return drawList(block, place, type, pen);
    case "blockquote": {
      const words = drawBlocks(
        block.children,
        { ...place, x: x + 17, y: y + 8, w: w - 31 },
        { ...type, fill: palette.of("fg") },
        pen,
        0,
      );
      const heightPx = words.heightPx + 16;
      const ground = drawBox({ x, y, w, h: heightPx }, palette.of("warn-soft"), 0);
      const mark = drawBox({ x, y, w: 3, h: heightPx }, palette.of("series-3"));
      return { svg: html`${ground}${mark}${words.svg}`, heightPx };
    }
    case "pre":
      return drawCode(rawText(block), place, pen);
    case "table":
      return drawTable(block, place, type, pen);
    case "hr":
      return { svg: drawRule(x, y, w, palette.of("border")), heightPx: 1 };
    default:
      return drawBlocks(block.children, place, type, pen, 0);
  }
}

function drawList(list: Element, place: Place, type: Type, pen: Pen): Drawn {
  const { x, y, w, endPx = Number.POSITIVE_INFINITY } = place;
  const first = Number.parseInt(list.attributes.start ?? "1", 10) || 1;
  const markType = { ...type, fill: pen.palette.of("fg3") };
  const drawn: Safe[] = [];
  let top = y;
  for (const [index, item] of elementsOf(list).entries()) {
    if (index > 0) top += 4;
    if (top > endPx) break;
    const mark =
      list.tag === "ol"
        ? drawText(`${first + index}.`, { x: x + 14, y: baseline(top, 20, 13), anchor: "end" }, markType)
        : html`<circle cx="${round(x + 7)}" cy="${round(top + 10.5)}" r="2.3" fill="${markType.fill}"/>`;
    const words = drawBlocks(item.children, { ...place, x: x + 18, y: top, w: w - 18 }, type, pen, 0);
    drawn.push(mark, words.svg);
    top += Math.max(20, words.heightPx);
  }
  return { svg: html`${drawn}`, heightPx: top - y };
}

/** More lines no panel has room for. */
const maxCodeLines = 200;

function drawCode(text: string, { x, y, w }: Place, { palette }: Pen): Drawn {
  const type = { sizePx: 12, fill: palette.of("fg"), isMono: true };
  const lines = text.replace(/\n$/, "").split("\n").slice(0, maxCodeLines);
  const heightPx = lines.length * 18 + 20;
  const drawn = lines.map((line, index) => {
    const spot = { x: x + 12, y: baseline(y + 10 + index * 18, 18, 12), maxPx: w - 24 };
    return drawText(line.replaceAll("\t", "    ").replaceAll(" ", "\u00a0"), spot, type);
  });
  return { svg: html`${drawBox({ x, y, w, h: heightPx }, palette.of("track"), 8)}${drawn}`, heightPx };
}

function drawTable(table: Element, { x, y, w }: Place, type: Type, pen: Pen): Drawn {
  const rows = elementsOf(table)
    .flatMap((part) => (part.tag === "tr" ? [part] : elementsOf(part)))
    .map((row) => elementsOf(row));
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const wide = w / columns;
  const drawn: Safe[] = [];
  let top = y;
  for (const row of rows) {
    const cells = row.map((cell, index) => {
      const bold = cell.tag === "th" ? { ...type, weight: 600, fill: pen.palette.of("fg") } : type;
      return drawInline(cell.children, { x: x + index * wide, topPx: top + 6, maxPx: wide - 12, type: bold }, pen);
    });
    const heightPx = cells.reduce((most, cell) => Math.max(most, cell.heightPx), 20) + 13;
    drawn.push(html`${cells.map(({ svg }) => svg)}`, drawRule(x, top + heightPx - 1, w, pen.palette.of("hair")));
    top += heightPx;
  }
  return { svg: html`${drawn}`, heightPx: top - y };
}
