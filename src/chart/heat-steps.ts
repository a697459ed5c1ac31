import type { Voice } from "./intl.ts";
import { formatShort, type NumberFormat } from "./number-format.ts";
import { html, type Safe } from "./safe.ts";
import { drawable, rangeOf } from "./value-axis.ts";

/** How values become steps of colour. */
export type HeatSteps = {
  /** The ends of the scale; the same where all values are. */
  readonly from: number;
  readonly to: number;
  /** Returns the class of a value's colour; none for NaN. */
  readonly classOf: (value: number) => string;
  /** The classes that the legend shows, from the lowest. */
  readonly classes: readonly string[];
};

/** Nine steps, `dj-q0` to `dj-q8`: more are hard to tell apart. */
const last = 8;

/**
 * Returns the steps of values: nine from the least to the greatest. Where they have both signs the
 * scale is as long below zero as above it, in a second hue (`dj-qn1` to `dj-qn8`), and `dj-q0` is around zero.
 */
export function createHeatSteps(values: readonly number[]): HeatSteps {
  const { min, max } = rangeOf([values]);
  const isDiverging = min < 0 && max > 0;
  const bound = Math.max(-min, max);
  const stepOf = (value: number) => {
    if (isDiverging) return Math.round((drawable(value) / bound) * last);
    if (min === max) return last / 2;
    return Math.min(last, Math.floor((drawable(value) / (max - min) - min / (max - min)) * (last + 1)));
  };
  const steps = isDiverging
    ? [-8, -6, -4, -2, 0, 2, 4, 6, 8]
    : min === max
      ? [last / 2]
      : [0, 1, 2, 3, 4, 5, 6, 7, last];
  return {
    from: isDiverging ? -bound : min,
    to: isDiverging ? bound : max,
    classOf: (value) => (Number.isNaN(value) ? "" : stepClass(stepOf(value))),
    classes: steps.map(stepClass),
  };
}

/** Draws the legend of steps: the ends of the scale around its colours. */
export function drawHeatLegend({ from, to, classes }: HeatSteps, format: NumberFormat, voice: Voice): Safe {
  const swatches = classes.map((name) => html`<i class="${name}"></i>`);
  const low = from === to ? "" : formatShort(from, format, voice);
  return html`<p class="dj-steps" aria-hidden="true">${low}<span>${swatches}</span>${formatShort(to, format, voice)}</p>`;
}

function stepClass(step: number): string {
  return step < 0 ? `dj-qn${-step}` : `dj-q${step}`;
}
