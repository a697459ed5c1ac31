import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Voice } from "../chart/intl.ts";
import type { DrawnColumn } from "../chart/kind.ts";
import { html, nothing, type Safe } from "../chart/safe.ts";
import type { ColumnStyle } from "../chart/series.ts";
import { type Frame, findColumn } from "../frame/frame.ts";
import type { Markdown } from "../page/markdown.ts";
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

/** A panel's inside. */
export type PanelBody = { readonly body: Safe; readonly error: string; readonly columns?: readonly DrawnColumn[] };

/** What a panel's inside depends on besides its data. */
export type PanelSetting = {
  readonly datasource: Datasource | undefined;
  /** Its name for screen readers. */
  readonly label: string;
  readonly heightPx: number;
  readonly turn: number;
  readonly voice: Voice;
  readonly markdown: Markdown;
};

/** Draws a panel's inside. Without data it is a sentence that says why, for people and not for engineers. */
export function drawPanel(panel: Panel, data: PanelData, setting: PanelSetting): PanelBody {
  const { kind } = panel;
  if (kind.case === "text") {
    const words = setting.markdown(kind.value.markdown);
    // Whoever has no mouse scrolls it by the keyboard.
    const body = html`<div class="dj-prose" tabindex="0" role="group" aria-label="${setting.label}">${words}</div>`;
    return { body, error: "" };
  }
  if (data?.ok !== true || kind.case === undefined) return refuse(data?.ok === false ? data.error : "source_failed");
  return drawData(kind, data, setting);
}

function drawData(kind: DataKind, data: PanelData & { ok: true }, setting: PanelSetting): PanelBody {
  const { frame, previous } = data;
  if (columnsOf(kind).some((name) => findColumn(frame, name) === undefined)) return refuse("column_missing");
  const { heightPx, turn, voice, label } = setting;
  const styleOf = columnStyles(setting.datasource);
  const drawing = drawKind(kind, { frame, previous, title: label, styleOf, heightPx, turn, voice });
  if (!drawing.ok) return refuse(drawing.error);
  const note = frame.truncated
    ? html`<p class="dj-foot">Only the first ${voice.number({}).format(frame.length)} rows of the source</p>`
    : nothing;
  return { body: html`${drawing.body}${note}`, error: "", columns: drawing.columns };
}

function refuse(error: string): PanelBody {
  const { what, hint } = describeError(error);
  return { body: html`<p class="dj-empty"><b>${what}</b><span>${hint}</span></p>`, error };
}

/** Returns what the datasource says of its columns; a column that it does not mention reads as it is named. */
function columnStyles(datasource: Datasource | undefined): (name: string) => ColumnStyle {
  const styles = new Map(Object.entries(datasource?.columns ?? {}));
  return (name) => {
    const style = styles.get(name);
    return { title: style?.title || name, unit: style?.unit ?? "", decimals: style?.decimals };
  };
}
