import { html, nothing, type Safe } from "../../chart/safe.ts";
import { brandStyle } from "../../page/brand.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { readPalette } from "./colors.ts";
import { placePanels } from "./grid.ts";
import { drawHeader } from "./header.ts";
import { classNumber, type Element, elementsOf, find, findAll, parseMarkup, textOf } from "./markup.ts";
import { naturalPx } from "./natural.ts";
import { drawPanel } from "./panel.ts";
import { baseline, drawText, widthOf } from "./text.ts";

/** What a picture is made of. */
export type PictureInput = {
  /** A dashboard's fragment, as the render room makes it. */
  readonly html: string;
  /** The id of the panel that is shown; all of the dashboard when empty. */
  readonly panel: string;
  readonly widthPx: number;
  /** The style sheet that says what colours are called, which is root.css. */
  readonly css: string;
};

/** A picture as SVG that needs no style sheet: sizes in pixels, colours as they are. */
export type Picture = {
  readonly svg: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** How long its lines and edges are together, words and shapes included, which tells how long it takes to paint. */
  readonly linesPx: number;
};

/**
 * Lays a dashboard out as its style sheets do in a page of that width, and draws it. The same input gives the same
 * picture. What of the fragment is not known is drawn as its words, or not at all; a panel that is not there is an empty
 * picture.
 */
export function drawPicture({ html: fragment, panel, widthPx, css }: PictureInput): Picture {
  const root = find(parseMarkup(fragment), "dj") ?? parseMarkup("");
  let linesPx = 0;
  const count = (px: number) => {
    linesPx += px;
  };
  const pen = createPen(root, css, { count, isPhone: panel === "" && widthPx < phonePx });
  const page = panel === "" ? drawPage(root, widthPx, pen) : drawAlone(root, panel, widthPx, pen);
  const heightPx = Math.ceil(page.heightPx);
  const ground = drawBox({ x: 0, y: 0, w: widthPx, h: heightPx }, pen.palette.of("bg"));
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="Inter">${ground}${page.svg}</svg>`;
  const text = String(svg);
  return { svg: text, widthPx, heightPx, linesPx: linesPx + shapesPx(text) };
}

/** What words, each piece of them that is set by itself, and shapes take to paint, in pixels of lines: as measured. */
const [letterPx, runPx, shapePx] = [170, 1_200, 100] as const;

function shapesPx(svg: string): number {
  let px = 0;
  for (const [, run, words] of svg.matchAll(/<(text\b|tspan\b)?[^<>]*>([^<]*)/g)) {
    px += run === undefined ? shapePx : runPx + words!.length * letterPx;
  }
  return px;
}

function createPen(root: Element, css: string, rest: Pick<Pen, "count" | "isPhone">): Pen {
  // A brand's style sheet follows from its address, which the fragment names.
  const brands = elementsOf(root)
    .filter(({ tag }) => tag === "link")
    .map(({ attributes }) => brandStyle(/\/assets\/brand\/.*$/.exec(attributes.href ?? "")?.[0] ?? "") ?? "");
  let ids = 0;
  return { palette: readPalette([css, ...brands], root.classes.has("dj-dark")), nextId: () => `c${ids++}`, ...rest };
}

type Drawn = { readonly svg: Safe; readonly heightPx: number };

/** No dashboard is wider. */
const maxPagePx = 1760;

/** Pages that are narrower are laid out as on a phone, as in narrow.css. */
const phonePx = 639;

function drawPage(root: Element, widthPx: number, pen: Pen): Drawn {
  const [padY, padX, below] = pen.isPhone ? [20, 14, 18] : widthPx < 1023 ? [24, 20, 20] : [28, 28, 20];
  const pagePx = Math.min(maxPagePx, widthPx);
  const room = { x: (widthPx - pagePx) / 2 + padX, y: padY, w: pagePx - 2 * padX };
  const heading = find(root, "dj-header");
  const indented = { ...room, x: room.x + 2, w: room.w - 4 };
  const header = heading === undefined ? { svg: nothing, heightPx: 0 } : drawHeader(heading, indented, pen);
  const top = room.y + header.heightPx + below;
  const panels = findAll(root, "dj-panel");
  const grid = placePanels(panels, { ...room, y: top }, widthPx, pen);
  const drawn = panels.map((one, index) => drawPanel(one, grid.boxes[index]!, pen));
  const blank = find(root, "dj-blank");
  const blankPx = blank === undefined ? 0 : 212;
  const words = blank === undefined ? nothing : drawBlank(blank, { ...room, y: top, h: blankPx }, pen);
  const footTop = top + grid.heightPx + blankPx + 18;
  const footer = drawFooter(root, { ...indented, y: footTop }, pen);
  return {
    svg: html`${header.svg}${drawn}${words}${footer.svg}`,
    heightPx: footTop + footer.heightPx + padY,
  };
}

function drawBlank(blank: Element, box: Box, { palette }: Pen): Safe {
  const [x, y] = [box.x + box.w / 2, baseline(box.y, box.h, 13)];
  const edge = html`<g stroke-dasharray="3 3">${drawBox(box, "none", palette.radiusPx, palette.of("border"))}</g>`;
  return html`${edge}${drawText(textOf(blank), { x, y, anchor: "middle" }, { sizePx: 13, fill: palette.of("fg3") })}`;
}

function drawFooter(root: Element, { x, y, w }: Pick<Box, "x" | "y" | "w">, { palette }: Pen): Drawn {
  const footer = find(root, "dj-footer");
  const [left = "", right = ""] = footer === undefined ? [] : elementsOf(footer).map(textOf);
  const type = { sizePx: 12, fill: palette.of("fg3") };
  const isOneLine = widthOf(left, type) + widthOf(right, type) + 24 <= w;
  const second = isOneLine ? { x: x + w, y, anchor: "end" as const } : { x, y: y + 24, anchor: "start" as const };
  const svg = html`
    ${drawText(left, { x, y: baseline(y, 20, 12), maxPx: w }, type)}
    ${drawText(right, { ...second, y: baseline(second.y, 20, 12), maxPx: w }, type)}`;
  return { svg, heightPx: isOneLine ? 20 : 44 };
}

/** The space around a panel that stands alone. */
const alonePx = 16;

/** A list is as long as it is, up to this: some fifty rows. */
const maxListPx = 2_100;

/** Draws one panel as wide as the picture: charts keep their shape, lists show all there is, words are as high as they are. */
function drawAlone(root: Element, id: string, widthPx: number, pen: Pen): Drawn {
  const panel = findAll(root, "dj-panel").find(({ attributes }) => attributes["data-panel"] === id);
  if (panel === undefined) return { svg: nothing, heightPx: 2 * alonePx };
  const w = widthPx - 2 * alonePx;
  const usual = {
    w: ((classNumber(panel, "dj-w") ?? 24) / 24) * 1_144,
    h: (classNumber(panel, "dj-h") ?? 8) * 48 - 16,
  };
  const shaped = panel.classes.has("dj-stat") ? usual.h : Math.max(usual.h, Math.min((usual.h * w) / usual.w, w * 0.6));
  const natural = naturalPx(panel, w, pen);
  const h = Math.round(natural === undefined ? shaped : Math.min(maxListPx, natural));
  return { svg: drawPanel(panel, { x: alonePx, y: alonePx, w, h }, pen), heightPx: h + 2 * alonePx };
}
