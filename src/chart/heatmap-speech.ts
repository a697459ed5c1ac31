import { range } from "d3-array";
import type { HeatmapGrid } from "./heatmap-grid.ts";
import type { Voice } from "./intl.ts";
import { formatShort } from "./number-format.ts";
import type { Safe } from "./safe.ts";
import { drawDataTable, positionNames } from "./spoken.ts";

/** More columns of a table would be read for minutes. */
const maxColumns = 60;

/** Returns what a screen reader says in place of a heatmap: how large it is, and its extremes. */
export function summarizeGrid({ x, y, title, format, values }: HeatmapGrid, voice: Voice): string {
  const [across, down] = [x, y].map(({ positions }) => positionNames(positions, voice));
  const columns = x.positions.values.length;
  let low = -1;
  let high = -1;
  for (const [cell, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < values[low]!) low = cell;
    if (high < 0 || value > values[high]!) high = cell;
  }
  const extreme = (cell: number) =>
    `${formatShort(values[cell]!, format, voice)} at ${down!(Math.floor(cell / columns))}, ${across!(cell % columns)}`;
  const size = `${count(y.positions.values.length, "row")} by ${count(columns, "column")}`;
  if (values[low] === values[high])
    return `Heatmap of ${title}, ${size}. All ${formatShort(values[low]!, format, voice)}.`;
  return `Heatmap of ${title}, ${size}. Lowest ${extreme(low)}, highest ${extreme(high)}.`;
}

/** Draws the table behind a heatmap: its rows, and as many of its columns as can be listened to. */
export function drawGridTable(title: string, { x, y, format, values }: HeatmapGrid, voice: Voice): Safe {
  const name = positionNames(x.positions, voice);
  const columns = x.positions.values.length;
  const rows = range(y.positions.values.length);
  const series = range(Math.min(columns, maxColumns)).map((column) => ({
    title: name(column),
    format,
    at: rows,
    values: rows.map((row) => values[row * columns + column]!),
  }));
  const caption = columns > maxColumns ? `${title}: the first ${maxColumns} of ${columns} columns` : title;
  return drawDataTable(caption, { positions: y.positions, series }, voice);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
