import { range } from "d3-array";
import type { HeatmapPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { seriesToColumns } from "./drawn-series.ts";
import { createHeatSteps, drawHeatLegend, type HeatSteps } from "./heat-steps.ts";
import { frameToGrid, type HeatmapGrid } from "./heatmap-grid.ts";
import { drawColumnLabels, drawRowLabels } from "./heatmap-labels.ts";
import { drawGridTable, summarizeGrid } from "./heatmap-speech.ts";
import type { Drawing, DrawnColumn, Kind, PanelInput } from "./kind.ts";
import { drawEmpty } from "./plot.ts";
import { html, nothing, type Safe } from "./safe.ts";

/** Heatmaps: a value for each pair of words, numbers or times, as a cell of its colour. */
export const heatmapKind: Kind<HeatmapPanel> = {
  columns: ({ x, y, value }) => [x, y, value],
  draw: drawHeatmap,
};

function drawHeatmap(panel: HeatmapPanel, input: PanelInput): Drawing {
  const grid = frameToGrid(panel, input);
  if (typeof grid === "string") return { ok: false, error: grid };
  if (grid.values.every(Number.isNaN)) return drawEmpty(gridToColumns({ ...grid, values: [] }));
  const { voice, heightPx, title } = input;
  const [columns, rows] = [grid.x, grid.y].map(({ positions }) => positions.values.length) as [number, number];
  const steps = createHeatSteps(grid.values);
  // What the heading, the labels below and the legend leave.
  const rowPx = Math.max(1, (heightPx - 108) / rows);
  const gaps = `${gapClass(mediumPx / columns, "x")} ${gapClass(rowPx, "y")}`;
  const { labels, gutterPx } = drawRowLabels(panel.y, grid.y, rowPx, input);
  const body = html`
    <div class="dj-chart dj-heat ${gaps}">
      ${labels}
      <div class="dj-cells" aria-hidden="true">${drawCells(grid, steps)}</div>
      <svg class="dj-plot" role="img" aria-label="${summarizeGrid(grid, voice)}"></svg>
      ${drawColumnLabels(panel.x, grid.x, gutterPx, input)}
      ${drawGridTable(title, grid, voice)}
    </div>
    ${drawHeatLegend(steps, grid.format, voice)}
    ${noteLeftOut(grid)}`;
  const axes = { x: { scale: "slots", count: columns }, y: { scale: "slots", count: rows } } as const;
  return { ok: true, body, columns: gridToColumns(grid), axes };
}

/** How wide a plot of medium width is. */
const mediumPx = 505;

/** Returns the class of the gaps between cells: 3 px where there is room, 1 px between small cells, none between tiny ones. */
function gapClass(cellPx: number, side: "x" | "y"): string {
  return cellPx >= 10 ? "" : cellPx >= 4 ? `dj-tight-${side}` : `dj-flush-${side}`;
}

/** Draws cells as boxes of the page, which have gaps and round corners at every size. A drawing over them is pointed at. */
function drawCells({ x, values }: HeatmapGrid, { classOf }: HeatSteps): Safe[] {
  const columns = x.positions.values.length;
  return range(0, values.length, columns).map((start) => {
    const cells = values.slice(start, start + columns).map((value) => {
      const name = classOf(value);
      return name === "" ? html`<i></i>` : html`<i class="${name}"></i>`;
    });
    return html`<div>${cells}</div>`;
  });
}

/** Returns the columns of x and of y, each once, and the values of all cells, row by row from the top. */
function gridToColumns({ x, y, title, format, values }: HeatmapGrid): DrawnColumn[] {
  const at = range(values.length);
  const cells = { kind: "number", values: at, style: { title: "", unit: "", decimals: undefined } } as const;
  const sides = [x, y].flatMap(({ positions }) => seriesToColumns({ positions, series: [] }));
  return [...sides, ...seriesToColumns({ positions: cells, series: [{ title, format, at, values }] }).slice(1)];
}

function noteLeftOut({ x, y }: HeatmapGrid): Safe {
  const notes = [
    { side: x, what: "columns" },
    { side: y, what: "rows" },
  ].flatMap(({ side: { positions, total }, what }) => {
    const kept = positions.values.length;
    if (kept === total) return [];
    return [`the ${positions.kind === "time" ? "latest" : "first"} ${kept} of ${total} ${what}`];
  });
  return notes.length === 0 ? nothing : html`<p class="dj-foot">Only ${notes.join(" and ")}</p>`;
}
