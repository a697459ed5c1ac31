import { html, nothing, type Safe } from "../../chart/safe.ts";
import { type Box, drawBox, type Pen } from "./box.ts";
import { mix } from "./colors.ts";
import { classNumber, type Element, elementsOf, find, findTag, textOf } from "./markup.ts";
import { drawSvg, hidingClass } from "./svg.ts";
import { cut, drawText, widthOf } from "./text.ts";

/** The space between labels of values and the plot. */
const besidePx = 8;

/** The height of the labels below the plot. */
const belowPx = 20;

/** Draws a chart on two axes, or a heatmap, as chart.css and heatmap.css lay them out. */
export function drawChart(chart: Element, box: Box, pen: Pen): Safe {
  const isHeat = chart.classes.has("dj-heat");
  const top = isHeat ? 0 : 7;
  const labels = find(chart, isHeat ? "dj-ranks" : "dj-y");
  const gutter = labels === undefined ? 0 : gutterOf(labels, pen);
  const plot = {
    x: box.x + gutter,
    y: box.y + top,
    w: Math.max(1, box.w - gutter),
    h: Math.max(1, box.h - top - belowPx),
  };
  const hides = hidingClass(box.w);
  const cells = find(chart, "dj-cells");
  const drawing = find(chart, "dj-plot");
  const below = find(chart, "dj-x");
  return html`
    ${labels === undefined ? nothing : isHeat ? drawRanks(labels, plot, gaps(chart, "y"), pen) : drawValues(labels, plot, pen)}
    ${cells === undefined ? nothing : drawCells(cells, chart, plot, box.w, pen)}
    ${drawing === undefined ? nothing : drawSvg(drawing, plot, pen, hides)}
    ${below === undefined ? nothing : drawSvg(below, { ...plot, y: plot.y + plot.h, h: belowPx }, pen, hides)}`;
}

function labelType(pen: Pen) {
  return { sizePx: 11, fill: pen.palette.of("fg3") };
}

/** More than this heatmap.css does not leave to the labels of rows. */
const maxRankPx = 172;

function gutterOf(labels: Element, pen: Pen): number {
  const words = elementsOf(labels).filter(({ tag }) => tag !== "svg");
  const widest = words.reduce((px, label) => Math.max(px, widthOf(textOf(label), labelType(pen))), 0);
  return (labels.classes.has("dj-ranks") ? Math.min(maxRankPx, widest) : widest) + besidePx;
}

/** Labels of a linear axis stand evenly from its top to its bottom; those of another have a drawing of their own. */
function drawValues(labels: Element, plot: Box, pen: Pen): Safe {
  if (labels.classes.has("dj-uneven")) {
    const drawing = findTag(labels, "svg");
    const place = { ...plot, x: plot.x - besidePx - 100, w: 100 };
    return drawing === undefined ? nothing : drawSvg(drawing, place, pen, "", labels.classes);
  }
  const spans = elementsOf(labels);
  const drawn = spans.map((span, index) => {
    const y = plot.y + (spans.length > 1 ? (index * plot.h) / (spans.length - 1) : 0) + 4;
    return drawText(textOf(span), { x: plot.x - besidePx, y, anchor: "end" }, labelType(pen));
  });
  return html`${drawn}`;
}

/** Where rows are thinner than their labels, a label reaches over the rows without one. */
function drawRanks(labels: Element, plot: Box, gap: number, pen: Pen): Safe {
  const rows = elementsOf(labels);
  const step = (plot.h + gap) / Math.max(1, rows.length);
  const drawn = rows.map((row, index) => {
    const type = labelType(pen);
    const y = plot.y + index * step + (step - gap) / 2 + 4;
    return drawText(cut(textOf(row), maxRankPx, type), { x: plot.x - besidePx, y, anchor: "end" }, type);
  });
  return html`${drawn}`;
}

/** The gap between a heatmap's cells, in pixels. */
function gaps(chart: Element, side: "x" | "y"): number {
  return chart.classes.has(`dj-flush-${side}`) ? 0 : chart.classes.has(`dj-tight-${side}`) ? 1 : 3;
}

function drawCells(cells: Element, chart: Element, plot: Box, chartPx: number, pen: Pen): Safe {
  const [gapX, gapY] = [chartPx < 420 ? Math.min(2, gaps(chart, "x")) : gaps(chart, "x"), gaps(chart, "y")];
  const roundPx = Math.min(gapX, gapY) === 0 ? 0 : Math.min(gapX, gapY) === 1 ? 1.5 : 3;
  const rows = elementsOf(cells);
  const high = (plot.h + gapY) / Math.max(1, rows.length);
  const colors = createStepColors(pen);
  const drawn = rows.map((row, rowIndex) => {
    const columns = elementsOf(row);
    const wide = (plot.w + gapX) / Math.max(1, columns.length);
    return columns.map((cell, index) => {
      const place = { x: plot.x + index * wide, y: plot.y + rowIndex * high, w: wide - gapX, h: high - gapY };
      const fill = colors(cell);
      if (fill !== undefined) return drawBox(place, fill, roundPx);
      const line = { x: place.x + 0.5, y: place.y + 0.5, w: place.w - 1, h: place.h - 1 };
      return drawBox(line, "none", roundPx, pen.palette.of("border"));
    });
  });
  // Between cells that touch there must be no seam.
  return gapX * gapY === 0 ? html`<g shape-rendering="crispEdges">${drawn}</g>` : html`${drawn}`;
}

/** The steps of a heatmap's colours, from almost a track's to beyond the first series'; below zero to the fourth's. */
const shares = [0, 0.1, 0.21, 0.34, 0.48, 0.62, 0.76, 0.9];

function createStepColors({ palette }: Pen): (cell: Element) => string | undefined {
  const none = mix(palette.of("series-1"), 0.06, palette.of("track"));
  const known = new Map<string, string>();
  for (const [series, start] of [
    ["series-1", "dj-q"],
    ["series-4", "dj-qn"],
  ] as const) {
    const color = palette.of(series);
    for (const [step, share] of shares.entries())
      known.set(`${start}${step}`, step === 0 ? none : mix(color, share, none));
    known.set(`${start}8`, mix(color, 0.88, palette.of("fg")));
  }
  return ({ classes }) => {
    for (const name of classes) if (known.has(name)) return known.get(name);
    return undefined;
  };
}

/** How high the legend of a heatmap's steps is. */
export const stepsPx = 16;

/** Draws the legend of a heatmap's steps at the right: the ends of the scale around its colours. */
export function drawSteps(steps: Element, box: Box, pen: Pen): Safe {
  const type = labelType(pen);
  const colors = createStepColors(pen);
  const y = box.y + 12;
  const drawn: Safe[] = [];
  let right = box.x + box.w;
  for (const child of steps.children.toReversed()) {
    if (typeof child === "string") {
      drawn.push(drawText(child.trim(), { x: right, y, anchor: "end" }, type));
      right -= widthOf(child.trim(), type) + 9;
      continue;
    }
    const swatches = elementsOf(child);
    const left = right - swatches.length * 14 + 1;
    for (const [index, swatch] of swatches.entries()) {
      drawn.push(drawBox({ x: left + index * 14, y: box.y + 4, w: 13, h: 8 }, colors(swatch) ?? "none", 2));
    }
    right = left - 9;
  }
  return html`${drawn}`;
}

/** Returns how long the longest text of a class `dj-c` is said to be, in characters. */
export function charsOf(element: Element, otherwise: number): number {
  return classNumber(element, "dj-c") ?? otherwise;
}
