import type { BarPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { drawColumns } from "./bar-columns.ts";
import { drawBarList } from "./bar-list.ts";
import { emptyColumns, pickPoints, seriesToColumns } from "./drawn-series.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { drawEmpty } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type SeriesSet } from "./series.ts";

/** Bars, one a category. Rows of the same category and series add up. */
export const barKind: Kind<BarPanel> = {
  columns: ({ x, y, series }) => [x, ...y, ...(series === "" ? [] : [series])],
  draw: drawBars,
};

/** More bars than this would be thinner than a pixel. */
const maxBars = 4000;
const maxSlots = 500;

function drawBars(panel: BarPanel, input: PanelInput): Drawing {
  const rows = frameToSeries(input, panel);
  if (typeof rows === "string") return { ok: false, error: rows };
  if (!hasValues(rows)) return drawEmpty(emptyColumns(rows));
  const all = alignSeries(rows, input.effort);
  if (typeof all === "string") return { ok: false, error: all };
  const { set, note } = limitSlots(all);
  const columns = seriesToColumns(set);
  if (panel.orientation === "horizontal") {
    return { ok: true, body: html`${drawBarList(panel, set, input)}${note}`, columns };
  }
  const { body, axes } = drawColumns(panel, set, input);
  return { ok: true, body: html`${body}${note}`, columns, axes };
}

/** Keeps as many categories as can be told apart, the latest of times and the first of others, and says so. */
function limitSlots(set: SeriesSet): { set: SeriesSet; note: Safe } {
  const total = set.positions.values.length;
  const limit = Math.min(maxSlots, Math.floor(maxBars / set.series.length));
  if (total <= limit) return { set, note: nothing };
  const start = set.positions.kind === "time" ? total - limit : 0;
  const kept = Array.from({ length: limit }, (_, index) => start + index);
  const which = start > 0 ? "latest" : "first";
  return {
    set: pickPoints(
      set,
      set.series.map(() => kept),
    ),
    note: html`<p class="dj-foot">The ${which} ${limit} of ${total}</p>`,
  };
}
