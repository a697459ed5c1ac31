import { html, nothing, type Safe } from "../../chart/safe.ts";
import { textWidthPx } from "../../chart/text-width.ts";
import type { Color } from "./colors.ts";

/** How words are set. */
export type Type = {
  readonly sizePx: number;
  /** 400, 500 or 600; 400 when absent. */
  readonly weight?: number;
  readonly fill: Color;
  /** Between letters, in ems; nothing when absent. */
  readonly spacing?: number;
  readonly isMono?: boolean;
};

/** The size at which the font's widths are known. */
const knownPx = 11;

/** Returns how wide words are. */
export function widthOf(text: string, { sizePx, weight = 400, spacing = 0, isMono = false }: Type): number {
  if (isMono) return [...text].length * sizePx * 0.602;
  const plain = textWidthPx(text);
  // Between the two weights that are known the widths grow evenly, by and large.
  const share = Math.min(1, Math.max(0, (weight - 400) / 200));
  const strong = share === 0 ? plain : textWidthPx(text, true);
  return ((plain + (strong - plain) * share) / knownPx + spacing * text.length) * sizePx;
}

/** Where a line of words stands. */
export type Spot = {
  readonly x: number;
  /** Its baseline. */
  readonly y: number;
  readonly anchor?: "start" | "middle" | "end";
  /** It ends in an ellipsis where it is longer. */
  readonly maxPx?: number;
};

/** Draws a line of words. */
export function drawText(text: string, { maxPx, ...spot }: Spot, type: Type): Safe {
  return drawRuns([{ text: maxPx === undefined ? text : cut(text, maxPx, type), type }], spot);
}

/** Words that are set alike. */
export type Run = { readonly text: string; readonly type: Type };

/** Draws a line of words that are set in several ways: each begins where the one before ends, however wide that is. */
export function drawRuns(runs: readonly Run[], { x, y, anchor = "start" }: Omit<Spot, "maxPx">): Safe {
  const [first, ...rest] = runs.filter(({ text }) => text !== "");
  if (first === undefined) return nothing;
  const place = html`x="${round(x)}" y="${round(y)}"${anchor === "start" ? nothing : html` text-anchor="${anchor}"`}`;
  if (rest.length === 0) return html`<text ${place}${typeAttributes(first.type)}>${first.text}</text>`;
  const spans = [first, ...rest].map(({ text, type }) => html`<tspan${typeAttributes(type)}>${text}</tspan>`);
  return html`<text ${place} xml:space="preserve">${spans}</text>`;
}

function typeAttributes({ sizePx, weight = 400, fill, spacing = 0, isMono = false }: Type): Safe {
  return html`${[
    html` font-size="${round(sizePx)}" fill="${fill}"`,
    weight === 400 ? nothing : html` font-weight="${weightOf(weight)}"`,
    spacing === 0 ? nothing : html` letter-spacing="${round(spacing * sizePx)}"`,
    isMono ? html` font-family="JetBrains Mono"` : nothing,
  ]}`;
}

/** There are fonts of three weights. */
function weightOf(weight: number): number {
  return weight < 450 ? 400 : weight < 550 ? 500 : 600;
}

/** Returns the baseline of a line of words in a line so high. */
export function baseline(topPx: number, linePx: number, sizePx: number): number {
  // Inter rises by 0.969 of its size above the baseline, and falls by 0.241 below it.
  return topPx + linePx / 2 + sizePx * 0.364;
}

/** Cuts words to a width, with an ellipsis. */
export function cut(text: string, maxPx: number, type: Type): string {
  if (widthOf(text, type) <= maxPx) return text;
  const ellipsisPx = widthOf("…", type);
  const end = fitting(text, maxPx - ellipsisPx, type);
  return maxPx < ellipsisPx ? "" : `${text.slice(0, end).trimEnd()}…`;
}

/** Returns how many code units of a text fit a width, whole characters as readers take them. */
function fitting(text: string, maxPx: number, type: Type): number {
  let leftPx = maxPx;
  let end = 0;
  // Longer than this no line is, whatever it is made of.
  for (const { segment } of graphemes.segment(text.slice(0, 2_000))) {
    leftPx -= widthOf(segment, type);
    if (leftPx < 0) break;
    end += segment.length;
  }
  return end;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Breaks words into lines of a width, so many at most: the last ends in an ellipsis where there are more. */
export function wrap(text: string, maxPx: number, type: Type, maxLines = Number.POSITIVE_INFINITY): string[] {
  const words = text.split(/[ \t\r\n]+/).filter((word) => word !== "");
  const spacePx = widthOf(" ", type);
  const lines: string[] = [];
  let line = "";
  let linePx = 0;
  const end = () => {
    lines.push(line);
    [line, linePx] = ["", 0];
  };
  for (let index = 0; index < words.length && lines.length < maxLines; index += 1) {
    let word = words[index]!;
    let wordPx = widthOf(word, type);
    if (line !== "" && linePx + spacePx + wordPx > maxPx) {
      if (lines.length + 1 === maxLines) {
        lines.push(cut(`${line} ${words.slice(index, index + 50).join(" ")}`, maxPx, type));
        return lines;
      }
      end();
    }
    while (line === "" && wordPx > maxPx) {
      const fits = Math.max(1, fitting(word, maxPx, type));
      if (fits >= word.length) break;
      if (lines.length + 1 === maxLines) return [...lines, cut(word, maxPx, type)];
      lines.push(word.slice(0, fits));
      word = word.slice(fits);
      wordPx = widthOf(word, type);
    }
    linePx += (line === "" ? 0 : spacePx) + wordPx;
    line += (line === "" ? "" : " ") + word;
  }
  if (line !== "") end();
  return lines;
}

/** Draws lines of words, one below the other, and returns how high they are. */
export function drawLines(
  lines: readonly string[],
  { x, topPx, linePx, anchor }: Pick<Spot, "x" | "anchor"> & { readonly topPx: number; readonly linePx: number },
  type: Type,
): { readonly svg: Safe; readonly heightPx: number } {
  const drawn = lines.map((line, index) => {
    const y = baseline(topPx + index * linePx, linePx, type.sizePx);
    return drawText(line, { x, y, ...(anchor !== undefined && { anchor }) }, type);
  });
  return { svg: html`${drawn}`, heightPx: lines.length * linePx };
}

/** Writes a measure of a drawing: two decimals. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
