import { html, type Safe } from "../../chart/safe.ts";
import { drawBox, type Pen } from "./box.ts";
import { type Element, isUnseen } from "./markup.ts";
import { baseline, cut, drawRuns, drawText, type Run, type Type, widthOf } from "./text.ts";

/** A word as it is set, and whether a space, or the end of a line, stands before it. */
type Word = { readonly text: string; readonly type: Type; readonly isCode: boolean; readonly before: "" | " " | "\n" };

/** How words of a paragraph run. */
export type Flow = { readonly x: number; readonly topPx: number; readonly maxPx: number; readonly type: Type };

const linePx = 20;

/** Draws what stands in a paragraph, in lines of a width, and returns how high they are. */
export function drawInline(
  nodes: readonly (Element | string)[],
  { x, topPx, maxPx, type }: Flow,
  pen: Pen,
): { readonly svg: Safe; readonly heightPx: number } {
  const lines = breakLines(joinParts(nodes.flatMap((node) => wordsOf(node, type, pen))), maxPx);
  const drawn = lines.map((line, index) => drawLine(line, { x, topPx: topPx + index * linePx, maxPx }, pen));
  return { svg: html`${drawn}`, heightPx: lines.length * linePx };
}

function breakLines(words: readonly (readonly Word[])[], maxPx: number): Word[][] {
  const lines: Word[][] = [];
  let leftPx = 0;
  for (const word of words) {
    const wordPx = word.reduce((sum, part) => sum + partPx(part), 0);
    const gapPx = widthOf(" ", word[0]!.type);
    const isBroken = word[0]!.before === "\n" || leftPx + gapPx + wordPx > maxPx;
    if (lines.length === 0 || isBroken) {
      lines.push([...word]);
      leftPx = wordPx;
    } else {
      lines.at(-1)!.push(...word);
      leftPx += gapPx + wordPx;
    }
  }
  return lines;
}

/** The space around code. */
const codePx = 6;

function partPx({ text, type, isCode }: Word): number {
  return widthOf(text, type) + (isCode ? 2 * codePx : 0);
}

/** Draws a line; code has a ground of its own, and begins where widths say. */
function drawLine(words: readonly Word[], { x, topPx, maxPx }: Omit<Flow, "type">, pen: Pen): Safe {
  const y = baseline(topPx, linePx, 13);
  const drawn: Safe[] = [];
  let left = x;
  let [runs, runsX]: [Run[], number] = [[], x];
  const flush = () => {
    drawn.push(drawRuns(runs, { x: runsX, y }));
    runs = [];
  };
  for (const [index, word] of joinCode(words).entries()) {
    const { text, type, isCode, before } = word;
    const space = index > 0 && before === " " ? " " : "";
    const start = left + (space === "" ? 0 : widthOf(space, type));
    const roomPx = x + maxPx + 1 - start;
    const last = runs.at(-1);
    if (isCode) {
      flush();
      const w = Math.min(partPx(word), roomPx);
      drawn.push(drawBox({ x: start, y: topPx + 1, w, h: 18 }, pen.palette.of("track"), 5));
      drawn.push(drawText(text, { x: start + codePx, y, maxPx: w - codePx }, type));
    } else if (last === undefined) {
      [runs, runsX] = [[{ text: cut(text, roomPx, type), type }], start];
    } else {
      const more = space + cut(text, roomPx, type);
      if (last.type === type) runs[runs.length - 1] = { text: last.text + more, type };
      else runs.push({ text: more, type });
    }
    left = start + partPx(word);
  }
  flush();
  return html`${drawn}`;
}

/** Joins words of one piece of code, which have one ground. */
function joinCode(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last?.isCode && word.isCode && last.type === word.type) {
      joined[joined.length - 1] = { ...last, text: last.text + word.before.replace("\n", "") + word.text };
    } else joined.push(word);
  }
  return joined;
}

/** Joins what no space stands between: it stays on one line. */
function joinParts(words: readonly Word[]): Word[][] {
  const joined: Word[][] = [];
  for (const word of words) {
    if (word.before === "" && joined.length > 0) joined.at(-1)!.push(word);
    else joined.push([word]);
  }
  return joined;
}

function wordsOf(node: Element | string, type: Type, pen: Pen, isCode = false): Word[] {
  if (typeof node === "string") return splitWords(node, type, isCode);
  if (isUnseen(node)) return [];
  if (node.tag === "br") return [{ text: "", type, isCode: false, before: "\n" }];
  const inner = typeOf(node.tag, type, pen);
  return node.children.flatMap((child) => wordsOf(child, inner, pen, isCode || node.tag === "code"));
}

function splitWords(text: string, type: Type, isCode: boolean): Word[] {
  const parts = text.split(/[ \t\r\n]+/);
  const words = parts.map((part, index) => ({
    text: part,
    type,
    isCode,
    before: index === 0 ? ("" as const) : (" " as const),
  }));
  // Where a text ends with a space, or is one, what comes next does not touch it.
  return words.filter(({ text: part }, index) => part !== "" || (index > 0 && index === words.length - 1));
}

function typeOf(tag: string, type: Type, { palette }: Pen): Type {
  if (tag === "strong" || tag === "b" || tag === "th") return { ...type, weight: 600, fill: palette.of("fg") };
  if (tag === "a") return { ...type, weight: 540, fill: palette.of("accent") };
  if (tag === "code") return { ...type, sizePx: 12, fill: palette.of("fg"), isMono: true };
  return type;
}
