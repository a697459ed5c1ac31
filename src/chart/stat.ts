import type { StatPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { compareNumbers, drawDelta } from "./delta.ts";
import { bucketsFor, downsample } from "./downsample.ts";
import { describeNumbers, numberOrNull } from "./drawn-column.ts";
import { pickPoints, seriesToColumns } from "./drawn-series.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, DrawnColumn, Kind, PanelInput } from "./kind.ts";
import { formatFigure, type NumberFormat } from "./number-format.ts";
import { sharesOf } from "./position-share.ts";
import { reduceValues } from "./reduce.ts";
import { reduceColumn, reducedFormat } from "./reduce-column.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { frameToSeries, type SeriesSet } from "./series.ts";
import { drawSparkline } from "./sparkline.ts";
import { statusClass, statusOf, statusWord } from "./status.ts";

/** One number, with its change against the span before or a target and a small line of how it came about. */
export const statKind: Kind<StatPanel> = {
  columns: ({ value, sparkline }) => (sparkline === "" ? [value] : [value, sparkline]),
  draw: drawStat,
};

/** Neighbours differ; amber is left out, because beside a number it reads as a warning. */
const colors = ["dj-s1", "dj-s2", "dj-s4", "dj-s5", "dj-s6"] as const;

function drawStat(panel: StatPanel, input: PanelInput): Drawing {
  const { frame, previous, voice } = input;
  const format = reducedFormat(input.styleOf(panel.value), panel);
  const now = reduceColumn(frame, panel);
  if (now === undefined) return { ok: false, error: "column_missing" };
  const against = panel.compare === "target" ? "target" : "earlier";
  const earlier = previous === undefined ? Number.NaN : (reduceColumn(previous, panel) ?? Number.NaN);
  const before = against === "target" ? (panel.target ?? Number.NaN) : earlier;
  const delta = compareNumbers(now, before, { format, better: panel.better, voice, against });
  const path = panel.sparkline === "" ? undefined : readSparkline(panel, input);
  if (path === "too_large") return { ok: false, error: path };
  const label = panel.compareLabel || `vs ${against === "target" ? "target" : "previous period"}`;
  const pill = delta && html`<p class="dj-delta">${drawDelta(delta)}<span class="dj-versus">${label}</span></p>`;
  const status = statusOf(now, panel.thresholds) ?? "neutral";
  const color = status === "neutral" ? colors[input.turn % colors.length]! : statusClass(status);
  const spark = path === undefined ? nothing : drawSparkline(edgeToEdge(path), path.series[0]!.values, color);
  const body = html`${drawFigure(now, status, format, voice)}${pill ?? nothing}${spark}`;
  return { ok: true, body, columns: statColumns(now, before, input.styleOf(panel.value).title, format, path) };
}

/** Draws the number in the colour of its status, and says the status to those who do not see it. */
function drawFigure(value: number, status: string, format: NumberFormat, voice: Voice): Safe {
  if (Number.isNaN(value)) return html`<p class="dj-value">–</p>`;
  const { large, small } = formatFigure(value, format, voice);
  const figure = html`${large}${small === "" ? nothing : html`<small>${small}</small>`}`;
  const word = statusWord(status);
  if (word === undefined) return html`<p class="dj-value">${figure}</p>`;
  return html`<p class="dj-value ${statusClass(status)}">${figure}<span class="dj-sr">, ${word}</span></p>`;
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
  format: NumberFormat,
  path: SeriesSet | undefined,
): DrawnColumn[] {
  const values = (Number.isNaN(before) ? [now] : [now, before]).map(numberOrNull);
  const numbers = { ...describeNumbers("number", { title, ...format }), values };
  return path === undefined ? [numbers] : [numbers, ...seriesToColumns(path)];
}
