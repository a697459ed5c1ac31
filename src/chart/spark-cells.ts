import type { NumbersColumn } from "../frame/frame.ts";
import { downsample } from "./downsample.ts";
import { describeNumbers, numberOrNull } from "./drawn-column.ts";
import { formatShort } from "./number-format.ts";
import { strokePaths, type Trace } from "./path.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { measureFormat } from "./series.ts";
import { type CellSetting, type Cells, drawHead } from "./table-column.ts";
import { rangeOf, shareWithin } from "./value-axis.ts";

/** The grid of a small line, in quarters of the pixels that it has: table.css makes it 88 by 22. */
const grid = { width: 352, height: 88 } as const;

/** How far the line keeps from the edges: its stroke must not be cut. */
const margin = 6;

/** Three pixels each; a list of four times as many numbers is drawn whole. */
const buckets = 28;

/** Prepares a column of lists, each a small line that shows the shape only: it runs from its lowest number to its highest. */
export function createSparkCells({ values }: NumbersColumn, setting: CellSetting): Cells {
  const picked = values.map((list) => (hasNumbers(list) ? pickNumbers(list) : []));
  return {
    head: drawHead(setting, "dj-trend"),
    cell: (row) => {
      const list = values[row];
      if (!hasNumbers(list)) return html`<td class="dj-trend dj-none">–</td>`;
      return html`<td class="dj-trend">${drawSpark(list, picked[row]!, setting)}</td>`;
    },
    about: { ...describeNumbers("numbers", setting.style), values: [] },
    values: values.map((list, row) => list && picked[row]!.map((index) => numberOrNull(list[index]!))),
  };
}

/** Returns what a small line shows of a list: all of it, up to some hundred numbers, else each spike. */
function pickNumbers(list: Float64Array): number[] {
  const shares = list.map((_, index) => index / Math.max(1, list.length - 1));
  return downsample(shares, list, buckets);
}

/** Draws a list, of which `picked` are the indices to draw. Those who hear it hear its ends and its last. */
function drawSpark(list: Float64Array, picked: readonly number[], { style, voice }: CellSetting): Safe {
  const range = rangeOf([list]);
  const up = shareWithin(range);
  const across = (index: number) => (list.length > 1 ? index / (list.length - 1) : 0.5);
  const trace = {
    xs: picked.map((index) => Math.round(margin + across(index) * (grid.width - 2 * margin))),
    ys: picked.map((index) => {
      const value = list[index]!;
      return Number.isNaN(value) ? value : Math.round(margin + (1 - up(value)) * (grid.height - 2 * margin));
    }),
  };
  const format = measureFormat(style);
  const text = (value: number) => formatShort(value, format, voice);
  const last = list.findLast((value) => !Number.isNaN(value))!;
  const label = `last ${text(last)}, lowest ${text(range.min)}, highest ${text(range.max)}`;
  return html`
    <svg class="dj-tiny dj-s2" viewBox="0 0 ${grid.width} ${grid.height}" role="img" aria-label="${label}">
      ${drawTrace(trace)}
    </svg>`;
}

/** A number between gaps is a dot: it has no length, and must be seen. */
function drawTrace(trace: Trace): Safe {
  const { lines, dots } = strokePaths(trace);
  return html`${lines === "" ? nothing : html`<path d="${lines}"/>`}${
    dots === "" ? nothing : html`<path class="dj-lone" d="${dots}"/>`
  }`;
}

/** Whether there is anything to draw of a list. */
function hasNumbers(list: Float64Array | null | undefined): list is Float64Array {
  return list?.some((value) => !Number.isNaN(value)) === true;
}
