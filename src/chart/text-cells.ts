import type { Column } from "../frame/frame.ts";
import { drawClickable } from "./click.ts";
import { clickValue } from "./click-value.ts";
import { countOf } from "./count.ts";
import { numberOrNull } from "./drawn-column.ts";
import type { Voice } from "./intl.ts";
import type { DrawnColumn } from "./kind.ts";
import { html, nothing, type Safe } from "./safe.ts";
import { shorten } from "./shorten.ts";
import { drawTag, findStatus } from "./status-tag.ts";
import { type CellSetting, type Cells, drawClass, drawHead, type Shown } from "./table-column.ts";
import { formatTime, grainOf, isWritable } from "./time-format.ts";

/** What is read as words: anything but a number. */
type TextColumn = Exclude<Column, { type: "number" }>;

/** A cell with more words than this is read elsewhere. */
const maxCellChars = 1024;

/** A column with longer words gives way where there is no room, and its cells end in an ellipsis. */
const longChars = 40;

/** Prepares a column of words, times, truth values or lists, of which it says how many numbers they have. */
export function createTextCells(column: TextColumn, setting: CellSetting): Cells {
  const { shown, style, voice, clickOf } = setting;
  const textOf = createTextWriter(column, voice);
  const isLong = column.type === "string" && column.values.some((value) => (value?.length ?? 0) > longChars);
  const classes = [isLong ? "dj-long" : "", shown.show === "code" ? "dj-code" : ""].filter((name) => name !== "");
  const attribute = drawClass(classes.join(" "));
  const cell = (row: number) => {
    const text = textOf(row);
    if (text === "") return html`<td class="dj-none">–</td>`;
    const whole = clickValue(column, row);
    const drawn = drawText(text, whole ?? text, shown);
    const content = whole === undefined ? drawn : drawClickable(clickOf, column.name, whole, drawn);
    return html`<td${attribute}>${isLong ? html`<div dir="auto"${titleOf(text)}>${content}</div>` : content}</td>`;
  };
  const about: DrawnColumn = {
    title: style.title,
    type: column.type === "numbers" ? "string" : column.type,
    ...(column.type === "time" && { zoned: column.zoned }),
    values: [],
  };
  return { head: drawHead(setting), cell, about, values: valuesOf(column, textOf) };
}

/** Draws words as they are shown. */
function drawText(text: string, whole: string, { show, ...rules }: Shown): Safe {
  if (show === "status") return drawTag(findStatus(rules, [whole, text]), html`${text}`);
  const verb = show === "code" ? httpMethod.exec(text)?.[0] : undefined;
  return verb === undefined ? html`${text}` : html`<span class="dj-verb">${verb}</span>${text.slice(verb.length)}`;
}

/** The method of HTTP (RFC 9110) that a request begins with: what is asked for matters more. */
const httpMethod = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?= |$)/;

/** Says the whole of what a long column may cut. */
function titleOf(text: string): Safe {
  return text.length > longChars ? html` title="${text}"` : nothing;
}

/** Creates what tells a cell's text; empty where it has no value. */
function createTextWriter(column: TextColumn, voice: Voice): (row: number) => string {
  switch (column.type) {
    case "string":
      return (row) => shorten(column.values[row] ?? "", maxCellChars);
    case "boolean":
      return (row) => truths.get(column.values[row]!)!;
    case "numbers":
      return (row) => {
        const count = column.values[row]?.length ?? 0;
        return count === 0 ? "" : countOf(count, "number", voice);
      };
    case "time": {
      const values = Array.from(column.values, (ms) => (isWritable(ms) ? ms : Number.NaN));
      const grain = grainOf({ values, zoned: column.zoned }, voice);
      return (row) => (Number.isNaN(values[row]) ? "" : formatTime(values[row]!, column.zoned, grain, voice));
    }
  }
}

/** What a truth value says. */
const truths = new Map<boolean | null, string>([
  [true, "Yes"],
  [false, "No"],
  [null, ""],
]);

/** A list that is shown in words is sent as these, and a word without letters as none: it is shown so. */
function valuesOf(column: TextColumn, textOf: (row: number) => string): DrawnColumn["values"] {
  if (column.type === "boolean") return column.values;
  if (column.type === "time") return Array.from(column.values, numberOrNull);
  return Array.from({ length: column.values.length }, (_, row) => textOf(row) || null);
}
