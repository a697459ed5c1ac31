import { canvasXs, canvasYs, fillPath, strokePaths } from "./path.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { rangeOf, shareWithin } from "./value-axis.ts";

/** How much of its height the line keeps from either edge: its stroke must not be cut. */
const margin = 0.08;

/**
 * Draws a small line over its whole place, edge to edge, with a fill below it. It shows the shape
 * only: it runs from its lowest value to its highest, and through the middle when they are the same.
 *
 * @param shares where each value stands, from 0 to 1, ascending
 */
export function drawSparkline(shares: readonly number[], values: readonly number[], colorClass: string): Safe {
  const up = shareWithin(rangeOf([values]));
  const trace = { xs: canvasXs(shares), ys: canvasYs(values, (value) => margin + (1 - 2 * margin) * up(value)) };
  const { lines } = strokePaths(trace);
  if (lines === "") return nothing;
  const fill = fillPath(
    trace,
    values.map(() => 1000),
  );
  return html`
    <svg class="dj-spark dj-canvas ${colorClass}" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
      <path class="dj-shade" d="${fill}"/><path class="dj-line" d="${lines}"/>
    </svg>`;
}
