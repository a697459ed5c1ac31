import { textWidthPx } from "./text-width.ts";

/** How wide a chart is: the page's style shows the labels of the density that fits, and no others. */
export type Density = "t" | "n" | "c" | "m" | "w";

/** The narrowest chart of each density, with the labels of its value axis; chart.css switches at these widths. */
const chartPx: Readonly<Record<Density, number>> = { t: 255, n: 320, c: 420, m: 560, w: 820 };

/** How wide a plot is at the least, when the labels of its value axis leave little. */
const minPlotPx = 120;

/** What the labels of a value axis take of a chart's width where nobody has measured them. */
export const usualGutterPx = 55;

/** Every density, from the narrowest. */
export const densities = Object.keys(chartPx) as readonly Density[];

/** A label below the plot. */
export type HorizontalTick = {
  /** From 0, the left edge of the plot, to 1. */
  readonly at: number;
  readonly text: string;
  /** The whole text where `text` is cut. */
  readonly title: string;
  readonly strong: boolean;
  readonly anchor: "start" | "middle" | "end";
  /** The value of the axis's column for which it stands, where it stands for one. */
  readonly value?: string;
  readonly densities: ReadonlySet<Density>;
};

/** A label, before it is known at which densities it is shown. */
export type Label = {
  readonly at: number;
  readonly text: string;
  readonly title?: string;
  readonly strong?: boolean;
  readonly value?: string | undefined;
};

/** Draws the labels for each density and joins those that are the same. */
export function gatherTicks(
  labelsFor: (widthPx: number) => readonly Label[],
  gutterPx = usualGutterPx,
): HorizontalTick[] {
  const gathered: (Omit<HorizontalTick, "densities"> & { densities: Set<Density> })[] = [];
  const byPlace = new Map<number, typeof gathered>();
  for (const density of densities) {
    const widthPx = plotPx(density, gutterPx);
    for (const { at, text, title = "", strong = false, value } of labelsFor(widthPx)) {
      const anchor = anchorFor(at, textWidthPx(text, strong), widthPx);
      const here = byPlace.get(at) ?? [];
      const known = here.find((tick) => tick.text === text && tick.strong === strong && tick.anchor === anchor);
      if (known !== undefined) {
        known.densities.add(density);
        continue;
      }
      const standsFor = value === undefined ? {} : { value };
      const tick = { at, text, title, strong, anchor, ...standsFor, densities: new Set([density]) };
      gathered.push(tick);
      byPlace.set(at, [...here, tick]);
    }
  }
  return gathered.sort((a, b) => a.at - b.at);
}

/**
 * Returns a text as it fits a plot's width at each density: itself where it always does, else cut.
 * Narrower than the narrowest density no plot is expected.
 *
 * @param gutterPx what the labels of the value axis take of the chart's width
 */
export function fitByDensity(
  text: string,
  gutterPx: number,
): { readonly text: string; readonly densities: ReadonlySet<Density> }[] {
  const fits = new Map<string, Set<Density>>();
  for (const density of densities) {
    const fit = cutText(text, plotPx(density, gutterPx));
    fits.set(fit, (fits.get(fit) ?? new Set()).add(density));
  }
  return Array.from(fits, ([text, densities]) => ({ text, densities }));
}

/** What a reader takes for one character is kept or left out as a whole. Made when a text is first cut. */
let graphemes: Intl.Segmenter | undefined;

/** Cuts a text to a width, with an ellipsis. */
export function cutText(text: string, widthPx: number): string {
  if (textWidthPx(text) <= widthPx) return text;
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  let room = widthPx - textWidthPx("…");
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    room -= textWidthPx(segment);
    if (room < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** A label may reach a little beyond the plot: to the left below the value axis, to the right into the padding. */
function anchorFor(at: number, labelPx: number, widthPx: number): "start" | "middle" | "end" {
  if (at * widthPx + 28 < labelPx / 2) return "start";
  return (1 - at) * widthPx + 14 < labelPx / 2 ? "end" : "middle";
}

function plotPx(density: Density, gutterPx: number): number {
  return Math.max(minPlotPx, chartPx[density] - gutterPx);
}
