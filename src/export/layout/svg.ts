import { html, nothing, type Safe } from "../../chart/safe.ts";
import type { Box, Pen } from "./box.ts";
import { atLeastLight, type Color, mix } from "./colors.ts";
import { type Element, elementsOf, isUnseen, textOf } from "./markup.ts";
import { type Mapping, mapPath } from "./path.ts";
import { drawText, round } from "./text.ts";

/** How wide a chart is: the class of what is not shown in one like it. */
export function hidingClass(chartPx: number): string {
  const density = chartPx < 320 ? "t" : chartPx < 420 ? "n" : chartPx < 560 ? "c" : chartPx < 820 ? "m" : "w";
  return `dj-not-${density}`;
}

/** What a drawing's parts take over from what is around them. */
type Setting = {
  readonly pen: Pen;
  /** Where its units stand. */
  readonly map: Mapping;
  /** How large it is in its own units: what percentages are of. */
  readonly size: { readonly w: number; readonly h: number };
  readonly classes: ReadonlySet<string>;
  readonly hides: string;
};

/**
 * Draws one of a dashboard's drawings into a box, with its lengths in pixels and its colours resolved.
 *
 * @param hides the class of what is left out, as `hidingClass` gives it
 */
export function drawSvg(svg: Element, box: Box, pen: Pen, hides = "", around: ReadonlySet<string> = new Set()): Safe {
  const start = { scaleX: 1, scaleY: 1, x: box.x, y: box.y };
  return drawInside(svg, { pen, map: start, size: box, classes: around, hides });
}

function drawInside(svg: Element, setting: Setting): Safe {
  const { map, size } = setting;
  const classes = svg.classes.union(setting.classes);
  const [left, top, width, height] = (svg.attributes.viewBox ?? "").split(" ").map(Number);
  if (!(width! > 0 && height! > 0)) return drawChildren(svg, { ...setting, classes });
  const stretch = { x: (size.w * map.scaleX) / width!, y: (size.h * map.scaleY) / height! };
  const even = Math.min(stretch.x, stretch.y);
  const isStretched = svg.attributes.preserveAspectRatio === "none";
  const [scaleX, scaleY] = isStretched ? [stretch.x, stretch.y] : [even, even];
  const inner = {
    scaleX,
    scaleY,
    x: map.x + (size.w * map.scaleX - width! * scaleX) / 2 - left! * scaleX,
    y: map.y + (size.h * map.scaleY - height! * scaleY) / 2 - top! * scaleY,
  };
  return drawChildren(svg, { ...setting, classes, map: inner, size: { w: width!, h: height! } });
}

function drawChildren(element: Element, setting: Setting): Safe {
  return html`${elementsOf(element).map((child) => drawPart(child, setting))}`;
}

function drawPart(part: Element, setting: Setting): Safe {
  if (isUnseen(part) || part.classes.has(setting.hides)) return nothing;
  if (part.tag === "svg") return drawInside(part, setting);
  const inner = { ...setting, classes: part.classes.union(setting.classes) };
  const { map, size, pen, classes } = inner;
  const across = (name: string, otherwise = "0") => lengthOf(part.attributes[name] ?? otherwise, size.w);
  const down = (name: string, otherwise = "0") => lengthOf(part.attributes[name] ?? otherwise, size.h);
  const toX = (value: number) => round(value * map.scaleX + map.x);
  const toY = (value: number) => round(value * map.scaleY + map.y);
  switch (part.tag) {
    case "line":
      return html`<line x1="${toX(across("x1"))}" y1="${toY(down("y1"))}" x2="${toX(across("x2"))}" y2="${toY(down("y2"))}"${paintOf(classes, pen)}/>`;
    case "rect": {
      const [w, h] = [across("width") * map.scaleX, down("height") * map.scaleY];
      if (!(w > 0 && h > 0)) return nothing;
      const radius = classes.has("dj-round") ? 3 : Number(part.attributes.rx ?? 0) * map.scaleX;
      const corner = radius > 0 ? html` rx="${round(Math.min(radius, w / 2, h / 2))}"` : nothing;
      return html`<rect x="${toX(across("x"))}" y="${toY(down("y"))}" width="${round(w)}" height="${round(h)}"${corner}${paintOf(classes, pen)}/>`;
    }
    case "circle":
      return html`<circle cx="${toX(across("cx"))}" cy="${toY(down("cy"))}" r="${round(across("r") * map.scaleX)}"${paintOf(classes, pen)}/>`;
    case "path": {
      const { d, lengthPx } = mapPath(part.attributes.d ?? "", map);
      pen.count(lengthPx * (dashOf(classes) === undefined ? 1 : dashedWeight));
      return html`<path d="${d}"${paintOf(classes, pen)}/>`;
    }
    case "text":
      return drawLabel(part, across("x") * map.scaleX + map.x, down("y") * map.scaleY + map.y, inner);
    default:
      return drawChildren(part, inner);
  }
}

/** Each dash has edges and round ends of its own. */
const dashedWeight = 8;

function drawLabel(text: Element, x: number, top: number, { pen, classes }: Setting): Safe {
  const { palette } = pen;
  const words = textOf(text);
  const y = top + Number(text.attributes.dy ?? 0);
  const isName = classes.has("dj-threshold");
  const isEnd = classes.has("dj-end") || classes.has("dj-uneven");
  const anchor = classes.has("dj-start") ? "start" : isEnd ? "end" : isName ? "end" : "middle";
  if (isName) {
    const type = { sizePx: 11, weight: 500 };
    const surface = palette.of("surface");
    const mood = moodOf(classes, pen);
    // Readable on whatever it stands.
    return html`
      <g stroke="${surface}" stroke-width="3" stroke-linejoin="round">${drawText(words, { x, y, anchor }, { ...type, fill: surface })}</g>
      ${drawText(words, { x, y, anchor }, { ...type, fill: mood })}`;
  }
  const strong = classes.has("dj-strong");
  const type = { sizePx: 11, weight: strong ? 600 : 400, fill: palette.of(strong ? "fg2" : "fg3") };
  return drawText(words, { x, y, anchor }, type);
}

function lengthOf(text: string, whole: number): number {
  const number = Number.parseFloat(text);
  if (!Number.isFinite(number)) return 0;
  return text.endsWith("%") ? (number / 100) * whole : number;
}

/** Returns the colour of the series that classes name; undefined where they name none. */
export function seriesColor(classes: ReadonlySet<string>, { palette }: Pen): Color | undefined {
  for (let series = 1; series <= 8; series += 1)
    if (classes.has(`dj-s${series}`)) return palette.of(`series-${series}`);
  return undefined;
}

/** Returns the colour of the status that classes name, for words; that of what has none otherwise. */
export function moodOf(classes: ReadonlySet<string>, { palette }: Pen): Color {
  for (const mood of ["good", "warn", "bad"]) if (classes.has(`dj-${mood}`)) return palette.of(mood);
  return palette.of("fg2");
}

/** Returns the dashes of lines whose classes name some: a further round of the eight colours. */
export function dashOf(classes: ReadonlySet<string>): string | undefined {
  const [, dash] = Object.entries(dashes).find(([name]) => classes.has(name)) ?? [];
  return dash;
}

const dashes = { "dj-d1": "6 3", "dj-d2": "2 4", "dj-d3": "8 3 2 3", "dj-d4": "9 5" };

/** How slices of a pie are tinted, by the round of the eight colours. */
export function tintOf(classes: ReadonlySet<string>): number {
  return classes.has("dj-d2") ? 0.36 : classes.has("dj-d1") ? 0.58 : 1;
}

/** Returns the attributes that paint a part as chart.css and its siblings do. */
function paintOf(classes: ReadonlySet<string>, pen: Pen): Safe {
  const { palette } = pen;
  const surface = palette.of("surface");
  const has = (name: string) => classes.has(name);
  const isMood = has("dj-good") || has("dj-warn") || has("dj-bad");
  const color =
    (has("dj-spark") || has("dj-gauge")) && isMood
      ? moodOf(classes, pen)
      : (seriesColor(classes, pen) ?? palette.of("fg3"));
  const stroke = (paint: Color, width: number, more: Safe = nothing) =>
    html` fill="none" stroke="${paint}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"${more}`;
  if (has("dj-hair")) return html` stroke="${palette.of("hair")}" shape-rendering="crispEdges"`;
  if (has("dj-base")) return html` stroke="${palette.of("border")}" shape-rendering="crispEdges"`;
  if (has("dj-threshold")) return html` stroke="${moodOf(classes, pen)}" stroke-width="1.25" stroke-dasharray="4 3"`;
  if (has("dj-line")) {
    const dash = dashOf(classes);
    return stroke(color, 1.75, dash === undefined ? nothing : html` stroke-dasharray="${dash}"`);
  }
  if (has("dj-dot")) return stroke(color, 5);
  if (has("dj-dots")) {
    const isMany = has("dj-many");
    return stroke(color, isMany ? 3.5 : 5, html` stroke-opacity="${isMany ? 0.4 : 0.6}"`);
  }
  if (has("dj-tiny")) return stroke(color, has("dj-lone") ? 3.5 : 1.5);
  if (has("dj-fill")) return html` fill="${mix(color, 0.3, surface)}"`;
  if (has("dj-sheer")) return html` fill="${color}" fill-opacity="0.14"`;
  if (has("dj-shade")) return html` fill="${color}" fill-opacity="0.12"`;
  if (has("dj-bar")) {
    const parted = has("dj-parted") ? html` stroke="${surface}"` : nothing;
    return html` fill="${mix(color, 0.86, surface)}"${parted}`;
  }
  if (has("dj-rest")) return html` fill="${palette.of("track")}"`;
  if (has("dj-zone")) return html` fill="${atLeastLight(moodOf(classes, pen), 0.6)}" fill-opacity="0.75"`;
  if (has("dj-arc")) {
    return html` fill="${isMood || !has("dj-s1") ? atLeastLight(moodOf(classes, pen), 0.6) : mix(color, 0.86, surface)}"`;
  }
  if (has("dj-ring")) return html` fill="${mix(color, tintOf(classes) === 1 ? 0.86 : tintOf(classes), surface)}"`;
  if (has("dj-track")) return html` fill="${mix(color, 0.92, surface)}"`;
  if (has("dj-clock") || has("dj-lock")) return stroke(palette.of("fg3"), 1.3);
  if (has("dj-arrow")) return html` fill="${moodOf(classes, pen)}"`;
  return html` fill="${color}"`;
}
