import type { Column } from "../frame/frame.ts";
import { drawTrack } from "./bar-list.ts";
import { drawClickable } from "./click.ts";
import { describeNumbers, numberOrNull } from "./drawn-column.ts";
import { createColumnWriter } from "./number-format.ts";
import { html, type Safe } from "./safe.ts";
import { drawLevel, drawTag, findStatus } from "./status-tag.ts";
import { type CellSetting, type Cells, drawHead } from "./table-column.ts";
import { rangeOf, shareWithin, withZero } from "./value-axis.ts";

/** Prepares a column of numbers: all alike, with a bar of their size or as a tag where that is asked for. */
export function createNumberCells({ name, values }: Column & { type: "number" }, setting: CellSetting): Cells {
  const { shown, style, voice, clickOf } = setting;
  const write = createColumnWriter(values, style, voice);
  const content = (row: number) => {
    const number = values[row]!;
    const text = html`${write(number)}`;
    const whole = String(number);
    const status = findStatus(shown, [whole], number);
    const drawn = shown.show === "status" ? drawTag(status, text) : drawLevel(status, text);
    return drawClickable(clickOf, name, whole, drawn);
  };
  const code = shown.show === "code" ? " dj-code" : "";
  const cell =
    shown.show === "bar"
      ? createBarCell(values, write, content)
      : (row: number) => html`<td class="dj-number${code}">${content(row)}</td>`;
  const none = html`<td class="dj-number dj-none">–</td>`;
  return {
    head: drawHead(setting, "dj-number"),
    cell: (row) => (Number.isNaN(values[row]) ? none : cell(row)),
    about: { ...describeNumbers("number", style), values: [] },
    values: Array.from(values, numberOrNull),
  };
}

/** Draws numbers with bars that all start at one place, whatever the length of the numbers. */
function createBarCell(
  values: Float64Array,
  write: (value: number) => string,
  content: (row: number) => Safe,
): Cells["cell"] {
  const toShare = shareWithin(withZero(rangeOf([values])));
  const zero = toShare(0);
  const widest = values.reduce((widest, value) => Math.max(widest, write(value).length), 0);
  const size = `dj-sized dj-c${Math.min(20, widest)}`;
  return (row) => {
    const end = toShare(values[row]!);
    const track = drawTrack([{ start: Math.min(zero, end), size: Math.abs(end - zero), className: "dj-s1" }]);
    return html`<td class="dj-number"><div class="${size}">${track}<span>${content(row)}</span></div></td>`;
  };
}
