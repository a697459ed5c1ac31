import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { ClickOf } from "../chart/click.ts";
import { withFormat } from "../chart/drawn-format.ts";
import type { Effort } from "../chart/effort.ts";
import type { Voice } from "../chart/intl.ts";
import { html, nothing, type Safe } from "../chart/safe.ts";
import type { ColumnStyle } from "../chart/series.ts";
import { shorten } from "../chart/shorten.ts";
import type { Column, Frame } from "../frame/frame.ts";
import type { Markdown } from "../page/markdown.ts";
import { drawnToMarkup } from "./island.ts";
import { columnsOf, type DataKind, drawKind } from "./kinds.ts";
import { describeError } from "./words.ts";

/** What a source answered for one panel; undefined for a text panel. */
export type PanelData =
  | {
      readonly ok: true;
      readonly frame: Frame;
      /** The same source over the span before, for a panel that compares. */
      readonly previous: Frame | undefined;
      readonly asOfMs: number;
      readonly stale: boolean;
    }
  | { readonly ok: false; readonly error: string }
  | undefined;

/** A panel's inside, and what the island says of it, as JSON. */
export type PanelBody = { readonly body: Safe; readonly error: string; readonly drawn: Safe | undefined };

/** What a panel's inside depends on besides its data. */
export type PanelSetting = {
  readonly datasource: Datasource | undefined;
  /** Its name for screen readers. */
  readonly label: string;
  readonly heightPx: number;
  readonly turn: number;
  readonly voice: Voice;
  readonly markdown: Markdown;
  /** How many characters its body and its columns may have together. */
  readonly roomChars: number;
  readonly effort: Effort;
  readonly clickOf: ClickOf;
};

/**
 * Draws a panel's inside. Without data, or without room for it, it is a sentence that says why, for
 * people and not for engineers.
 */
export function drawPanel(panel: Panel, data: PanelData, setting: PanelSetting): PanelBody {
  const inside = drawInside(panel, data, setting);
  const chars = inside.body.length + (inside.drawn?.length ?? 0);
  if (inside.error !== "" || chars <= setting.roomChars) return inside;
  // The room bounds what is shown; what was drawn in vain is bounded by the effort alone.
  setting.effort.take(Math.ceil(chars / charsPerCell));
  return refusePanel("too_large");
}

/** How much markup takes as long as a cell. */
const charsPerCell = 16;

/** Says in place of a panel's data why it is not there. */
export function refusePanel(error: string): PanelBody {
  const { what, hint } = describeError(error);
  return { body: html`<p class="dj-empty"><b>${what}</b><span>${hint}</span></p>`, error, drawn: undefined };
}

function drawInside({ kind }: Panel, data: PanelData, setting: PanelSetting): PanelBody {
  if (kind.case === "text") {
    const words = setting.markdown(kind.value.markdown, setting);
    if (words === undefined) return refusePanel("too_large");
    // Whoever has no mouse scrolls it by the keyboard.
    const body = html`<div class="dj-prose" tabindex="0" role="group" aria-label="${setting.label}">${words}</div>`;
    return { body, error: "", drawn: undefined };
  }
  // What a later release has saved.
  if (kind.case === undefined) return refusePanel("kind_unknown");
  if (data?.ok !== true) return refusePanel(data?.error ?? "source_failed");
  return drawData(kind, data, setting);
}

function drawData(kind: DataKind, data: PanelData & { ok: true }, setting: PanelSetting): PanelBody {
  const { heightPx, turn, voice, label, effort, clickOf } = setting;
  if (!effort.take(data.frame.columns.length)) return refusePanel("too_large");
  const frame = pickColumns(data.frame, columnsOf(kind));
  if (frame === undefined) return refusePanel("column_missing");
  const note = frame.truncated
    ? html`<p class="dj-foot">Only the first ${voice.number("", () => ({})).format(frame.length)} rows of the source</p>`
    : nothing;
  const drawing = drawKind(kind, {
    frame,
    previous: data.previous,
    title: label,
    styleOf: columnStyles(setting.datasource),
    heightPx,
    turn,
    voice,
    roomChars: setting.roomChars - note.length,
    effort,
    clickOf,
  });
  if (!drawing.ok) return refusePanel(drawing.error);
  // A table's texts are all in the HTML, and it has been cut to fit without formats.
  const columns = kind.case === "table" ? drawing.columns : drawing.columns.map((column) => withFormat(column, voice));
  return { body: html`${drawing.body}${note}`, error: "", drawn: drawnToMarkup(columns, drawing.axes) };
}

/**
 * Returns the frame with the columns that a panel names, and with all where it names none; undefined
 * when one is missing. A source may have thousands, of which a panel would look for each.
 */
function pickColumns(frame: Frame, names: readonly string[]): Frame | undefined {
  if (names.length === 0) return frame;
  const wanted = new Set(names);
  const found = new Map<string, Column>();
  for (const column of frame.columns) {
    // The first wins where a source repeats a name.
    if (wanted.has(column.name) && !found.has(column.name)) found.set(column.name, column);
  }
  return found.size === wanted.size ? { ...frame, columns: [...found.values()] } : undefined;
}

/** The longest heading that a definition may give a column; a query may name one by more. */
const maxHeadingChars = 256;

/** Returns what the datasource says of its columns; a column that it does not mention reads as it is named. */
function columnStyles(datasource: Datasource | undefined): (name: string) => ColumnStyle {
  const styles = datasource?.columns ?? {};
  return (name) => {
    const style = Object.hasOwn(styles, name) ? styles[name] : undefined;
    return {
      title: style?.title || shorten(name, maxHeadingChars),
      unit: style?.unit ?? "",
      decimals: style?.decimals,
    };
  };
}
