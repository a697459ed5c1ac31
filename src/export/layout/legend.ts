import { html, nothing, type Safe, trustMarkup } from "../../chart/safe.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { type Element, elementsOf, find, findTag, textOf } from "./markup.ts";
import { dashOf, seriesColor } from "./svg.ts";
import { baseline, cut, drawText, round, widthOf } from "./text.ts";

const linePx = 20;
const gapPx = 16;

/** A drawing and how high it is. */
export type Drawn = { readonly svg: Safe; readonly heightPx: number };

/** Draws a chart's legend, in as many lines as it takes. */
export function drawLegend(legend: Element, box: Pick<Box, "x" | "y" | "w">, pen: Pen): Drawn {
  const { palette } = pen;
  const nameType = { sizePx: 12, fill: palette.of("fg2") };
  const valueType = { sizePx: 12, weight: 560, fill: palette.of("fg") };
  const drawn: Safe[] = [];
  let [x, line] = [0, 0];
  for (const entry of elementsOf(legend)) {
    const key = find(entry, "dj-key");
    const keyPx = key === undefined ? 0 : dashOf(key.classes) === undefined ? 16 : 27;
    const value = textOf(findTag(entry, "b") ?? "");
    const valuePx = value === "" ? 0 : widthOf(value, valueType) + 7;
    const name = key === undefined ? textOf(entry) : textOf(findTag(entry, "span") ?? "");
    const shown = cut(name, box.w - keyPx - valuePx, nameType);
    const entryPx = keyPx + widthOf(shown, nameType) + valuePx;
    if (x > 0 && x + entryPx > box.w) [x, line] = [0, line + 1];
    const y = baseline(box.y + line * linePx, linePx, 12);
    const at = box.x + x;
    drawn.push(
      html`${key === undefined ? nothing : drawKey(key, at, box.y + line * linePx, pen)}
        ${drawText(shown, { x: at + keyPx, y }, nameType)}
        ${drawText(value, { x: at + entryPx - valuePx + 7, y }, valueType)}`,
    );
    x += entryPx + gapPx;
  }
  return { svg: html`${drawn}`, heightPx: drawn.length === 0 ? 0 : (line + 1) * linePx };
}

/** Draws what tells a series: a square of its colour, or a line with its dashes. */
function drawKey(key: Element, x: number, top: number, pen: Pen): Safe {
  const color = seriesColor(key.classes, pen) ?? pen.palette.of("fg3");
  const dash = dashOf(key.classes);
  if (dash === undefined) return drawBox({ x, y: top + 5.5, w: 9, h: 9 }, color, 2.5);
  const y = round(top + 10);
  const style = html`stroke="${color}" stroke-width="3" stroke-dasharray="${trustMarkup(dash)}"`;
  return html`<line x1="${round(x)}" x2="${round(x + 20)}" y1="${y}" y2="${y}" ${style}/>`;
}
