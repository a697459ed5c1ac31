import { html, nothing, type Safe } from "../../chart/safe.ts";
import type { Color, Palette } from "./colors.ts";
import { round } from "./text.ts";

/** A rectangle on the picture, in CSS pixels. */
export type Box = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

/** What everything is drawn with. */
export type Pen = {
  readonly palette: Palette;
  /** Whether the page is as narrow as a phone: tiles then say less, and are as high as what they say. */
  readonly isPhone: boolean;
  /** Returns a name for a part that is cut off, another one each time. */
  readonly nextId: () => string;
  /** Counts pixels of lines and edges that are drawn, of which a dashed line has several times as many. */
  readonly count: (px: number) => void;
};

/** Draws a rectangle; nothing where it has no size. */
export function drawBox({ x, y, w, h }: Box, fill: Color, radiusPx = 0, stroke?: Color): Safe {
  if (!(w > 0 && h > 0)) return nothing;
  const round2 = radiusPx > 0 ? html` rx="${round(Math.min(radiusPx, w / 2, h / 2))}"` : nothing;
  const line = stroke === undefined ? nothing : html` stroke="${stroke}"`;
  return html`<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"${round2} fill="${fill}"${line}/>`;
}

/** Draws a hairline from left to right. */
export function drawRule(x: number, y: number, w: number, color: Color): Safe {
  return drawBox({ x, y, w, h: 1 }, color);
}

/** Cuts a drawing off at a rectangle's edges. */
export function clip(pen: Pen, { x, y, w, h }: Box, content: Safe, radiusPx = 0): Safe {
  if (content.length === 0 || !(w > 0 && h > 0)) return nothing;
  const id = pen.nextId();
  return html`
    <clipPath id="${id}"><rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" rx="${round(radiusPx)}"/></clipPath>
    <g clip-path="url(#${id})">${content}</g>`;
}
