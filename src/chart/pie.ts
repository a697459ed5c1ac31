import { pie } from "d3-shape";
import type { PiePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { arcPath } from "./arc.ts";
import { drawClickable } from "./click.ts";
import { countOf } from "./count.ts";
import { emptyColumns, seriesToColumns } from "./drawn-series.ts";
import type { Voice } from "./intl.ts";
import type { Drawing, Kind, PanelInput } from "./kind.ts";
import { formatColumn, formatShort } from "./number-format.ts";
import { drawEmpty, seriesClass, seriesMark } from "./plot.ts";
import { positionValue } from "./position-value.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { alignSeries, frameToSeries, hasValues, type Series, type SeriesSet } from "./series.ts";
import { cutSlices, type Part, type Slice, sumOf } from "./slices.ts";
import { drawDataTable, positionNames } from "./spoken.ts";
import { drawable } from "./value-axis.ts";

/** Shares of a whole as a pie or a donut, beside the list of what they are. */
export const pieKind: Kind<PiePanel> = {
  columns: ({ label, value }) => [label, value],
  draw: drawPie,
};

/** More slices than this nobody can tell apart. */
const defaultSlices = 8;

/** A share is read to a tenth of a percent. */
const shareFormat = { unit: "ratio", decimals: 1 } as const;

function drawPie(panel: PiePanel, input: PanelInput): Drawing {
  const rows = frameToSeries(input, { x: panel.label, y: [panel.value], series: "" });
  if (typeof rows === "string") return { ok: false, error: rows };
  if (!hasValues(rows)) return drawEmpty(emptyColumns(rows));
  const sums = alignSeries(rows, input.effort);
  if (typeof sums === "string") return { ok: false, error: sums };
  const parts = readParts(sums, input.voice);
  const slices = cutSlices(parts, panel.maxSlices ?? defaultSlices);
  if (slices.length === 0) return drawEmpty(emptyColumns(sums));
  const set = slicesToSeries(slices, sums);
  const nameless = input.frame.length - rows.series[0]!.at.length;
  const body = html`
    <div class="dj-shares">
      <div class="dj-split">${drawRing(slices, set, panel, input.voice)}${drawKeys(slices, set, panel, input)}</div>
    </div>
    ${drawDataTable(input.title, set, input.voice)}
    ${noteLeftOut(parts, nameless, input.voice)}`;
  return { ok: true, body, columns: seriesToColumns(set) };
}

function readParts({ positions, series }: SeriesSet, voice: Voice): Part[] {
  const name = positionNames(positions, voice);
  return positions.values.map((_, index) => ({
    label: name(index),
    whole: positionValue(positions, index),
    value: drawable(series[0]!.values[index]!),
  }));
}

/** Returns slices as series, for whatever lists them: their values and their shares. */
function slicesToSeries(slices: readonly Slice[], { positions, series }: SeriesSet): SeriesSet {
  const at = slices.map((_, index) => index);
  const { title, format } = series[0]!;
  return {
    positions: { kind: "words", values: slices.map(({ label }) => label), style: positions.style },
    series: [
      { title, format, at, values: slices.map(({ value }) => value) },
      { title: "Share", format: shareFormat, at, values: slices.map(({ share }) => share) },
    ],
  };
}

/** Thinner than this a slice is not seen, and cannot be pointed at. */
const leastShare = 0.004;

/** On a disc of radius 100. */
const ring = { hole: 67, gap: 0.02, corner: 3 } as const;

function drawRing(slices: readonly Slice[], set: SeriesSet, { shape, totalLabel }: PiePanel, voice: Voice): Safe {
  const isDonut = shape === "donut";
  const { title, format } = set.series[0]!;
  const total = formatShort(sumOf(slices), format, voice);
  const seen = slices.map(({ share }) => Math.max(share, leastShare));
  const pieces = pie().sort(null).padAngle(ring.gap)(seen);
  const paths = pieces.map(({ startAngle: start, endAngle: end }, index) => {
    const d = arcPath({ start, end, inner: isDonut ? ring.hole : 0, outer: 100, gap: ring.gap, corner: ring.corner });
    return html`<path${seriesMark(index)} class="${seriesClass(index)}" d="${d}"/>`;
  });
  const chars = Math.min(20, Math.max(3, total.length));
  const whole = html`<b>${total}</b><span title="${totalLabel || title}">${totalLabel || title}</span>`;
  const summary = summarizeSlices(isDonut ? "Donut chart" : "Pie chart", slices, total, voice);
  return html`
    <div class="dj-ring">
      <svg viewBox="-100 -100 200 200" role="img" aria-label="${summary}">${paths}</svg>
      ${isDonut ? html`<p class="dj-whole dj-c${chars}" aria-hidden="true">${whole}</p>` : nothing}
    </div>`;
}

function drawKeys(slices: readonly Slice[], { series }: SeriesSet, panel: PiePanel, input: PanelInput): Safe {
  const values = formatAmounts(series[0]!, input.voice);
  const rows = slices.map(({ label, whole, share }, index) => {
    const text = html`${label}`;
    const name = whole === undefined ? text : drawClickable(input.clickOf, panel.label, whole, text);
    return html`
      <li${seriesMark(index)}>
        <i class="dj-key ${seriesClass(index)}"></i>
        <span class="dj-name" title="${label}">${name}</span>
        <b>${formatShare(share, input.voice)}</b>
        <span class="dj-amount">${values[index]!}</span>
      </li>`;
  });
  return html`
    <div class="dj-scroll" tabindex="0" role="group" aria-label="${input.title}">
      <ul class="dj-keys">${rows}</ul>
    </div>`;
}

/** A longer number leaves no room for the name beside it. */
const maxAmountChars = 9;

function formatAmounts({ values, format }: Series, voice: Voice): string[] {
  const texts = formatColumn(values, format, voice);
  if (texts.every(({ length }) => length <= maxAmountChars)) return texts;
  return values.map((value) => formatShort(value, format, voice));
}

/** Writes a share; one that would round to nothing is told from nothing. */
function formatShare(share: number, voice: Voice): string {
  if (share === 1) return formatShort(1, { unit: "ratio", decimals: 0 }, voice);
  return share < 0.0005 ? `<${formatShort(0.001, shareFormat, voice)}` : formatShort(share, shareFormat, voice);
}

/** More slices would be read for too long. */
const maxSpoken = 6;

function summarizeSlices(kind: string, slices: readonly Slice[], total: string, voice: Voice): string {
  const said = slices.slice(0, maxSpoken).map(({ label, share }) => `${label} ${formatShare(share, voice)}`);
  const more = slices.length - said.length;
  return `${kind}, ${countOf(slices.length, "slice", voice)} of ${total}. ${said.join(", ")}.${more > 0 ? ` ${more} more in the table.` : ""}`;
}

/** Says what has no slice: how many of the labels, and how many rows without one. */
function noteLeftOut(parts: readonly Part[], nameless: number, voice: Voice): Safe {
  const labels = parts.filter(({ value }) => !(value > 0)).length;
  const left = [
    ...(labels > 0 ? [`${labels} of ${parts.length} without a share`] : []),
    ...(nameless > 0 ? [`${countOf(nameless, "row", voice)} without a name`] : []),
  ];
  return left.length === 0 ? nothing : html`<p class="dj-foot">Left out: ${left.join(", ")}</p>`;
}
