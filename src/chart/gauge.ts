import type { GaugePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { type Column, findColumn } from "../frame/frame.ts";
import { arcPath } from "./arc.ts";
import { seriesToColumns } from "./drawn-series.ts";
import { type GaugeRange, gaugeRange } from "./gauge-range.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, DrawnColumn, Kind, PanelInput } from "./kind.ts";
import { formatFigure, formatFull, formatShort, type NumberFormat } from "./number-format.ts";
import { seriesMark } from "./plot.ts";
import { reduceColumn, reducedFormat } from "./reduce-column.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { ColumnStyle, SeriesSet } from "./series.ts";
import { shorten } from "./shorten.ts";
import { drawDataTable } from "./spoken.ts";
import { statusClass, statusOf, statusWord } from "./status.ts";
import { formatTime, grainOf, isWritable } from "./time-format.ts";

/** One number on an arc, within a band of what is good and bad. */
export const gaugeKind: Kind<GaugePanel> = {
  columns: ({ value, caption }) => (caption === "" ? [value] : [value, caption]),
  draw: drawGauge,
};

/** A gauge's number, and what is said with it. */
type Reading = {
  readonly value: number;
  readonly format: NumberFormat;
  readonly caption: string;
  /** That of the threshold that it reaches, as panel.proto names it; empty where it reaches none. */
  readonly status: string;
};

function drawGauge(panel: GaugePanel, input: PanelInput): Drawing {
  const { frame, voice, title, styleOf } = input;
  if (!input.effort.take(frame.length * frame.columns.length)) return { ok: false, error: "too_large" };
  const style = styleOf(panel.value);
  const value = reduceColumn(frame, panel);
  if (value === undefined) return { ok: false, error: "column_missing" };
  const format = reducedFormat(style, panel);
  const captionColumn = panel.caption === "" ? undefined : findColumn(frame, panel.caption);
  const caption = captionColumn === undefined ? "" : lastText(captionColumn, styleOf(panel.caption), voice);
  const reading: Reading = { value, format, caption, status: statusOf(value, panel.thresholds) ?? "" };
  const range = gaugeRange(panel, value, format.unit);
  // Round numbers, mostly: the decimals of what is measured would only be noughts.
  const plain = { ...format, decimals: undefined };
  const ends = [range.min, range.max].map((end) => html`<span>${formatShort(end, plain, voice)}</span>`);
  const body = html`
    <div class="dj-dial" role="img" aria-label="${summarizeGauge(reading, range, voice)}">
      <div class="dj-face">
        <svg viewBox="-100 -100 200 138">${drawArcs(panel, reading, range)}</svg>
        ${drawReading(reading, voice)}
        <p class="dj-ends">${ends}</p>
      </div>
    </div>
    ${drawDataTable(title, toTable(panel, reading, range, style.title), voice)}`;
  return { ok: true, body, columns: gaugeColumns(reading, style.title, captionColumn && styleOf(panel.caption).title) };
}

/** More words have no room within the arc. */
const maxCaptionChars = 200;

/** Returns a column's last value in words; nothing where it has none. */
function lastText(column: Column, style: ColumnStyle, voice: Voice): string {
  const last = Array.from<unknown>(column.values).findLast((cell) => cell !== null && !Number.isNaN(cell));
  if (typeof last === "string") return shorten(last, maxCaptionChars);
  if (typeof last === "boolean") return last ? "Yes" : "No";
  if (typeof last !== "number") return "";
  if (column.type !== "time") return formatShort(last, style, voice);
  if (!isWritable(last)) return "";
  return formatTime(last, column.zoned, grainOf({ values: [last], zoned: column.zoned }, voice), voice);
}

/** The arc begins and ends so far from the top, in radians: it is open at the bottom. */
const reach = 0.62 * Math.PI;

/** On a disc of radius 100. */
const track = { inner: 79.5, outer: 93.5, corner: 7 } as const;
const band = { inner: 97.6, outer: 100, gap: 0.016 } as const;

function drawArcs({ thresholds }: GaugePanel, { value, status }: Reading, range: GaugeRange): Safe {
  const angle = (share: number) => (share * 2 - 1) * reach;
  const whole = html`<path class="dj-rest" d="${arcPath({ ...track, start: -reach, end: reach })}"/>`;
  const share = Number.isNaN(value) ? 0 : range.at(value);
  const path = arcPath({ ...track, start: -reach, end: angle(share) });
  const color = status === "" ? "dj-s1" : statusClass(status);
  const arc = share === 0 ? nothing : html`<path${seriesMark(0)} class="dj-arc ${color}" d="${path}"/>`;
  if (thresholds.length === 0) return html`${whole}${arc}`;
  const sorted = thresholds.toSorted((a, b) => a.value - b.value);
  const starts = [range.min, ...sorted.map((one) => one.value)];
  const pieces = starts.map((from, index) => {
    const [start, end] = [range.at(from), range.at(starts[index + 1] ?? range.max)];
    if (end <= start) return nothing;
    // Of two thresholds at one value the last is reached.
    const reached = statusOf(Math.max(from, range.min), thresholds);
    const color = reached === undefined ? "dj-rest" : `dj-zone ${statusClass(reached)}`;
    return html`<path class="${color}" d="${arcPath({ ...band, start: angle(start), end: angle(end) })}"/>`;
  });
  return html`${whole}${pieces}${arc}`;
}

function drawReading({ value, format, caption }: Reading, voice: Voice): Safe {
  const figure = Number.isNaN(value) ? { large: "–", small: "" } : formatFigure(value, format, voice);
  // A single sign is part of the number, more letters are its unit.
  const isSign = figure.small.length <= 1;
  const chars = figure.large.length + (isSign ? figure.small.length : Math.ceil(figure.small.length * 0.6));
  const number = isSign ? html`${figure.large}${figure.small}` : html`${figure.large}<small>${figure.small}</small>`;
  return html`
    <p class="dj-reading dj-c${Math.min(20, Math.max(4, chars))}">
      <b>${number}</b>
      ${caption === "" ? nothing : html`<span title="${caption}">${caption}</span>`}
    </p>`;
}

function summarizeGauge({ value, format, caption, status }: Reading, { min, max }: GaugeRange, voice: Voice): string {
  const text = (number: number) => formatShort(number, format, voice);
  const number = Number.isNaN(value) ? "no value" : formatFull(value, format, voice);
  const word = statusWord(status);
  const mood = word === undefined ? "" : `, ${word}`;
  return `Gauge, ${number} of ${text(min)} to ${text(max)}${mood}.${caption === "" ? "" : ` ${caption}`}`;
}

/** Returns what is behind a gauge as rows: its number, its ends and its thresholds. */
function toTable({ thresholds }: GaugePanel, { value, format }: Reading, range: GaugeRange, title: string): SeriesSet {
  const rows: readonly (readonly [string, number])[] = [
    ["Value", value],
    ["Least", range.min],
    ["Most", range.max],
    ...thresholds.map((one) => [`From here ${statusWord(one.status) ?? "neutral"}`, one.value] as const),
  ];
  const style = { title: "What", unit: "", decimals: undefined };
  return {
    positions: { kind: "words", values: rows.map(([name]) => name), style },
    series: [{ title, format, at: rows.map((_, index) => index), values: rows.map(([, number]) => number) }],
  };
}

function gaugeColumns(reading: Reading, title: string, captionTitle: string | undefined): DrawnColumn[] {
  const at = [0];
  const one: SeriesSet = {
    positions: {
      kind: "words",
      values: [reading.caption],
      style: { title: captionTitle ?? "", unit: "", decimals: undefined },
    },
    series: [{ title, format: reading.format, at, values: [reading.value] }],
  };
  const [caption, value] = seriesToColumns(one) as [DrawnColumn, DrawnColumn];
  return captionTitle === undefined ? [value] : [value, caption];
}
