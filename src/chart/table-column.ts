import type { TableColumn } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { DrawnColumn, DrawnValue, PanelInput } from "./kind.ts";
import { html, nothing, type Safe } from "./safe.ts";
import type { ColumnStyle } from "./series.ts";
import type { StatusRules } from "./status-tag.ts";

/** A column of a table, ready to be drawn cell by cell. */
export type Cells = {
  readonly head: Safe;
  /** Draws the cell of a row. */
  readonly cell: (row: number) => Safe;
  /** What a browser gets of it, without its values. */
  readonly about: DrawnColumn;
  readonly values: readonly DrawnValue[];
};

/** How a column is shown, as panel.proto names it. */
export type Shown = StatusRules & Pick<TableColumn, "show">;

/** What a column is drawn with. */
export type CellSetting = Pick<PanelInput, "voice" | "clickOf"> & {
  readonly shown: Shown;
  readonly style: ColumnStyle;
  /** The order of the table's rows by this column, as ARIA names it; empty when they are not in its order. */
  readonly order: string;
};

/** Draws a column's heading, which says the order of the rows where it is this column's. */
export function drawHead({ style, order }: CellSetting, className = ""): Safe {
  const sorted = order === "" ? nothing : html` aria-sort="${order}"`;
  return html`<th scope="col"${drawClass(className)}${sorted}>${style.title}</th>`;
}

/** Draws a class attribute, none for an empty one. */
export function drawClass(className: string): Safe {
  return className === "" ? nothing : html` class="${className}"`;
}
