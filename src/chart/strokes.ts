import { strokePaths, type Trace } from "./path.ts";
import { seriesClass, seriesMark } from "./plot.ts";
import { html, nothing, type Safe, trustMarkup } from "./safe.ts";

/** Draws the trace of the nth series as lines, and a lone point as a dot: it has no length, and must be seen. */
export function drawStrokes(trace: Trace, index: number): Safe {
  const { lines, dots } = strokePaths(trace);
  const draw = (className: string, d: string) =>
    d === ""
      ? nothing
      : html`<path class="${className} ${seriesClass(index)}"${seriesMark(index)} d="${trustMarkup(d)}"/>`;
  return html`${draw("dj-line", lines)}${draw("dj-dot", dots)}`;
}
