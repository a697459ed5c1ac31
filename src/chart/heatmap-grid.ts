import type { HeatmapPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, findColumn } from "../frame/frame.ts";
import { clickValue } from "./click-value.ts";
import type { PanelInput } from "./kind.ts";
import type { NumberFormat } from "./number-format.ts";
import { reduceValues } from "./reduce.ts";
import { measureFormat, type Positions, readNumbers, readPositions, type SeriesRefusal } from "./series.ts";

/** What a heatmap draws. */
export type HeatmapGrid = {
  /** From left to right. */
  readonly x: Side;
  /** From top to bottom. */
  readonly y: Side;
  readonly title: string;
  readonly format: NumberFormat;
  /** A value for each cell, row by row from the top; NaN where there is none. */
  readonly values: readonly number[];
};

/** The columns or the rows of a heatmap. */
export type Side = {
  readonly positions: Positions;
  /** How many the source has. */
  readonly total: number;
  /** What each is to a filter. */
  readonly whole: readonly string[];
};

/** Cells of more columns or rows would be thinner than two pixels. */
const maxColumns = 400;
const maxRows = 200;

/** The hours of a year. */
const maxCells = 9000;

/** What a cell takes, in the markup and in the island. */
const charsPerCell = 40;

/**
 * Reads a frame as the cells of a heatmap. Rows of one cell become one number; those without an x or a
 * y are left out. Where there are more columns or rows than can be drawn, the latest of times are
 * kept, and the first of others. Refuses values that are no numbers, and more than there is effort for.
 */
export function frameToGrid(panel: HeatmapPanel, input: PanelInput): HeatmapGrid | SeriesRefusal {
  const { frame, effort, styleOf, roomChars } = input;
  const [x, y, value] = [panel.x, panel.y, panel.value].map((name) => findColumn(frame, name));
  const numbers = value && readNumbers(value);
  if (x === undefined || y === undefined || numbers === undefined) return "column_missing";
  if (!effort.take(frame.length * 3)) return "too_large";
  const across = readPositions(x, styleOf(panel.x));
  const down = readPositions(y, styleOf(panel.y));
  const cells = Math.max(1, Math.min(maxCells, Math.floor(roomChars / charsPerCell)));
  const rows = keptOf(down.positions, Math.min(maxRows, cells));
  const columns = keptOf(across.positions, Math.min(maxColumns, Math.floor(cells / Math.max(1, rows.count))));
  if (!effort.take(rows.count * columns.count)) return "too_large";
  const lists = Array.from({ length: rows.count * columns.count }, (): number[] => []);
  for (let index = 0; index < frame.length; index += 1) {
    const row = down.rowAt[index]! - rows.start;
    const column = across.rowAt[index]! - columns.start;
    const isKept = row >= 0 && row < rows.count && column >= 0 && column < columns.count;
    if (isKept) lists[row * columns.count + column]!.push(numbers[index]!);
  }
  const style = styleOf(panel.value);
  return {
    x: pickSide(x, across, columns),
    y: pickSide(y, down, rows),
    title: style.title,
    format: panel.reduce === "count" ? { unit: "number", decimals: 0 } : measureFormat(style),
    values: lists.map((list) => (list.length === 0 ? Number.NaN : reduceValues(list, panel.reduce || "sum"))),
  };
}

type Kept = { readonly start: number; readonly count: number };
type Read = ReturnType<typeof readPositions>;

function keptOf({ kind, values }: Positions, limit: number): Kept {
  const count = Math.min(values.length, limit);
  return { start: kind === "time" ? values.length - count : 0, count };
}

function pickSide(column: Column, { positions, rowAt }: Read, { start, count }: Kept): Side {
  const pick = <V>(values: readonly V[]) => values.slice(start, start + count);
  const whole = new Array<string>(count).fill("");
  for (const [row, at] of rowAt.entries())
    if (whole[at - start] === "") whole[at - start] = clickValue(column, row) ?? "";
  return {
    positions:
      positions.kind === "words"
        ? { kind: "words", values: pick(positions.values), style: positions.style }
        : { ...positions, values: pick(positions.values) },
    total: positions.values.length,
    whole,
  };
}
