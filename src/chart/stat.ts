import type { StatPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Frame, findColumn } from "../frame/frame.ts";
import { compareNumbers, drawDelta } from "./delta.ts";
import { bucketsFor, downsample } from "./downsample.ts";
import { pickPoints, seriesToColumns } from "./drawn-series.ts";
import { sharesOf } from "./horizontal-axis.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, DrawnColumn, Kind, PanelInput } from "./kind.ts";
import { formatFigure, type NumberFormat } from "./number-format.ts";
import { reduceValues } from "./reduce.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { frameToSeries, measureFormat, readNumbers, type SeriesSet } from "./series.ts";
import { drawSparkline } from "./sparkline.ts";

/** One number, with its change against the span before and a small line of how it came about. */
export const statKind: Kind<StatPanel> = {
  columns: ({ value, sparkline }) => (sparkline === "" ? [value] : [value, sparkline]),
  draw: drawStat,
};

/** Neighbours differ; amber is left out, because beside a number it reads as a warning. */
const colors = ["dj-s1", "dj-s2", "dj-s4", "dj-s5", "dj-s6"] as const;

/** However many are counted, they have the unit of none. */
const count: NumberFormat = { unit: "number", decimals: 0 };

function drawStat(panel: StatPanel, input: PanelInput): Drawing {
  const { frame, previous, voice } = input;
  const format = panel.reduce === "count" ? count : measureFormat(input.styleOf(panel.value));
  const now = reduceColumn(frame, panel);
  if (now === undefined) return { ok: false, error: "column_missing" };
  const before = previous === undefined ? Number.NaN : (reduceColumn(previous, panel) ?? Number.NaN);
  const delta = compareNumbers(now, before, { format, better: panel.better, voice });
  const path = panel.sparkline === "" ? undefined : readSparkline(panel, input);
  if (path === "too_large") return { ok: false, error: path };
  const pill =
    delta && html`<p class="dj-delta">${drawDelta(delta)}<span class="dj-versus">vs previous period</span></p>`;
  const color = colors[input.turn % colors.length]!;
  const spark = path === undefined ? nothing : drawSparkline(edgeToEdge(path), path.series[0]!.values, color);
  const body = html`${drawFigure(now, format, voice)}${pill ?? nothing}${spark}`;
  return { ok: true, body, columns: statColumns(now, before, input.styleOf(panel.value).title, format, path) };
}

function drawFigure(value: number, format: NumberFormat, voice: Voice): Safe {
  if (Number.isNaN(value)) return html`<p class="dj-value">–</p>`;
  const { large, small } = formatFigure(value, format, voice);
  return html`<p class="dj-value">${large}${small === "" ? nothing : html`<small>${small}</small>`}</p>`;
}

function reduceColumn(frame: Frame, { value, reduce }: StatPanel): number | undefined {
  const column = findColumn(frame, value);
  // Anything can be counted, but only numbers have a sum.
  if (column !== undefined && reduce === "count") {
    return Array.from<unknown>(column.values).filter((cell) => cell !== null && !Number.isNaN(cell)).length;
  }
  const numbers = column && readNumbers(column);
  return numbers && reduceValues(Array.from(numbers), reduce);
}

/**
 * The values over the sparkline's column, as many as a small line has room for; several rows at one
 * position are reduced like the whole.
 */
function readSparkline(
  { value, sparkline, reduce }: StatPanel,
  input: PanelInput,
): SeriesSet | "too_large" | undefined {
  const set = frameToSeries(input, { x: sparkline, y: [value], series: "" });
  if (set === "too_large") return set;
  if (typeof set === "string" || set.series.length === 0) return undefined;
  const [{ at, values, ...rest }] = set.series as [SeriesSet["series"][0]];
  const groups = Map.groupBy(at.keys(), (index) => at[index]!);
  const reduced = [...groups.values()].map((indices) =>
    reduceValues(
      indices.map((index) => values[index]!),
      reduce,
    ),
  );
  const path = { positions: set.positions, series: [{ ...rest, at: [...groups.keys()], values: reduced }] };
  return pickPoints(path, [downsample(edgeToEdge(path), reduced, sparklineBuckets)]);
}

/** A small line is a quarter as wide as the widest chart. */
const sparklineBuckets = bucketsFor(1) / 4;

/** Returns where the points of a small line stand, from 0 to 1. Words stand in the middle of their slots, but the line does not. */
function edgeToEdge({ positions, series }: SeriesSet): number[] {
  const shares = sharesOf(positions);
  const [first, last] = [shares[0] ?? 0, shares.at(-1) ?? 1];
  const spread = last - first || 1;
  return series[0]!.at.map((position) => (shares[position]! - first) / spread);
}

function statColumns(
  now: number,
  before: number,
  title: string,
  { unit, decimals }: NumberFormat,
  path: SeriesSet | undefined,
): DrawnColumn[] {
  const values = (Number.isNaN(before) ? [now] : [now, before]).map((value) => (Number.isNaN(value) ? null : value));
  const numbers = { title, type: "number" as const, unit, ...(decimals !== undefined && { decimals }), values };
  return path === undefined ? [numbers] : [numbers, ...seriesToColumns(path)];
}
