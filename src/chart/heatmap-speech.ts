import { range } from "d3-array";
import { countOf } from "./count.ts";
import type { HeatmapGrid } from "./heatmap-grid.ts";
import type { Voice } from "./intl.ts";
import { formatShort } from "./number-format.ts";
import type { Safe } from "./safe.ts";
import { drawDataTable, findExtremes, positionNames } from "./spoken.ts";

/** More columns of a table would be read for minutes. */
const maxColumns = 60;

/** Returns what a screen reader says in place of a heatmap: how large it is, and its extremes. */
export function summarizeGrid({ x, y, title, format, values }: HeatmapGrid, voice: Voice): string {
  const [across, down] = [x, y].map(({ positions }) => positionNames(positions, voice));
  const columns = x.positions.values.length;
  const { low, high } = findExtremes(values);
  const extreme = (cell: number) =>
    `${formatShort(values[cell]!, format, voice)} at ${down!(Math.floor(cell / columns))}, ${across!(cell % columns)}`;
  const size = `${countOf(y.positions.values.length, "row", voice)} by ${countOf(columns, "column", voice)}`;
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
