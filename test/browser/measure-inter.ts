import { readFileSync, writeFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { fontStyle } from "../../src/page/style.ts";
import { launchChromium } from "./chromium.ts";

/**
 * The characters that are measured, from and to: what labels are made of in the scripts that Inter
 * has. They are Latin, Greek and Cyrillic, punctuation, currencies, and the letterlike and arrows.
 */
const ranges: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x370, 0x52f],
  [0x1ea0, 0x1ef9],
  [0x2000, 0x206f],
  [0x20a0, 0x20c0],
  [0x2100, 0x2122],
  [0x2190, 0x2193],
  [0x2212, 0x2215],
];

const file = new URL("../../src/chart/inter-widths.ts", import.meta.url);
const faces = new URL("../../src/page/files/fonts.css", import.meta.url);
const facesText = readFileSync(faces, "utf8");
/** What the style sheet calls it. */
const inter = /font-family: ("[^"]+")/.exec(facesText)![1]!;
const fonts = new URL("../../node_modules/@fontsource-variable/inter/files/", import.meta.url);

/** Opens a page that has Inter, as whole documents have it. */
export async function openInterPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  const style = fontStyle(
    { fonts: facesText },
    (name) => `data:font/woff2;base64,${readFileSync(new URL(name, fonts)).toString("base64")}`,
  );
  await page.setContent(`<!doctype html><meta charset="utf-8"><style>${style}</style>`);
  return page;
}

/** Returns how wide each text is in the axis's type: Inter, 11 px, tabular figures. */
export function measureTexts(page: Page, texts: readonly string[], weight: 400 | 600): Promise<number[]> {
  return measure(page, texts, { family: inter, weight, sizePx: 11, more: "" });
}

/** Returns the text of src/chart/inter-widths.ts, from the font itself. */
export async function writeInterWidths(page: Page): Promise<string> {
  const chars = ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)),
  );
  const widths = async (weight: 400 | 600) => {
    // Ten times as large, because a layout measures in 64ths of a pixel, and each character by itself.
    const type = { weight, sizePx: 110, more: 'font-kerning: none; font-feature-settings: "calt" 0' };
    const over = (fallback: string) => measure(page, chars, { ...type, family: `${inter}, ${fallback}` });
    const serif = await over("serif");
    const mono = await over("monospace");
    // What is as wide as the typeface behind it is not in Inter.
    return serif.map((width, index) => (width === mono[index] ? toCode(width / 10) : "00")).join("");
  };
  const lines = (text: string) =>
    text
      .match(/.{1,112}/g)!
      .map((line) => `  "${line}"`)
      .join(" +\n");
  const spans = ranges.map((span) => `  [${span.map((code) => `0x${code.toString(16)}`).join(", ")}],`).join("\n");
  return `// Written by test/browser/measure-inter.ts. Not to be edited.

/** The characters whose widths are known: code points, from and to. */
export const interRanges: readonly (readonly [from: number, to: number])[] = [
${spans}
];

/**
 * How wide each character of the ranges is in Inter at 11 px with tabular figures, regular: two
 * digits in base 36 of fiftieths of a pixel; 00 where the font has none or it takes no room.
 */
export const interRegular: string =
${lines(await widths(400))};

/** The same at weight 600. */
export const interStrong: string =
${lines(await widths(600))};
`;
}

function toCode(widthPx: number): string {
  return Math.round(widthPx * 50)
    .toString(36)
    .padStart(2, "0");
}

type Type = { readonly family: string; readonly weight: number; readonly sizePx: number; readonly more: string };

async function measure(page: Page, texts: readonly string[], type: Type): Promise<number[]> {
  const { family, weight, sizePx, more } = type;
  const style = `font: ${weight} ${sizePx}px ${family}; font-variant-numeric: tabular-nums; white-space: pre; ${more}`;
  const work = `async ({ texts, style }) => {
    const spans = texts.map((text) => {
      const span = document.createElement("span");
      span.style.cssText = style + "; text-rendering: geometricPrecision; position: absolute";
      span.textContent = text;
      return span;
    });
    document.body.replaceChildren(...spans);
    spans.map((span) => span.offsetWidth);
    await document.fonts.ready;
    return spans.map((span) => span.getBoundingClientRect().width);
  }`;
  return page.evaluate(`(${work})(${JSON.stringify({ texts, style })})`);
}

if (import.meta.main) {
  const browser = await launchChromium();
  writeFileSync(file, await writeInterWidths(await openInterPage(browser)));
  await browser.close();
}
