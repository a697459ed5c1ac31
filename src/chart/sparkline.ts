import { canvasXs, canvasYs, fillPath, strokePaths } from "./path.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { drawable, rangeOf } from "./value-axis.ts";

/**
 * Draws a small line over its whole place, edge to edge, with a fill below it. It shows the shape
 * only: it runs from its lowest value to its highest, and through the middle when they are the same.
 *
 * @param shares where each value stands, from 0 to 1, ascending
 */
export function drawSparkline(shares: readonly number[], values: readonly number[], colorClass: string): Safe {
  const { min, max } = rangeOf([values]);
  const toShare = (value: number) => (min === max ? 0.5 : 0.08 + (0.84 * (drawable(value) - min)) / (max - min));
  const trace = { xs: canvasXs(shares), ys: canvasYs(values, toShare) };
  const { lines } = strokePaths(trace);
  if (lines === "") return nothing;
  const fill = fillPath(trace, new Float64Array(values.length).fill(1000));
  return html`
    <svg class="dj-spark dj-canvas ${colorClass}" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      <path class="dj-shade" d="${fill}"/><path class="dj-line" d="${lines}"/>
    </svg>`;
}
