import type { Frame } from "../frame/frame.ts";
import type { Effort } from "./effort.ts";
import type { Voice } from "./intl.ts";
import type { Safe } from "./safe.ts";
import type { ColumnStyle, SeriesRefusal } from "./series.ts";

/** What a panel shows and where. */
export type PanelInput = {
  readonly frame: Frame;
  /** The same source over the span before, if the panel compares. */
  readonly previous: Frame | undefined;
  /** The panel's heading, for those who hear it. */
  readonly title: string;
  /** Returns a column's title and format. */
  readonly styleOf: (column: string) => ColumnStyle;
  /** How high the panel is on a wide page. Its width is not known: it follows the reader's window. */
  readonly heightPx: number;
  /** How many panels of its kind come before it, for those that take turns with colours. */
  readonly turn: number;
  readonly voice: Voice;
  /**
   * How many characters there are for its markup and its columns' JSON together. What can be cut is
   * cut to fit, and says so; what is larger all the same is not shown.
   */
  readonly roomChars: number;
  readonly effort: Effort;
};

/** A column as a browser gets it. */
export type DrawnColumn = {
  readonly title: string;
  readonly type: "number" | "time" | "string" | "boolean";
  readonly unit?: string;
  readonly decimals?: number;
  /** Whether times are instants, to be shown in the dashboard's zone; else they are shown in UTC. */
  readonly zoned?: boolean;
  /** The index in the first column of each value; when absent each value belongs to its own row. */
  readonly at?: readonly number[];
  /** Times are milliseconds since 1970; null is no value. */
  readonly values: readonly (number | string | boolean | null)[];
};

/** A drawn panel, or why it could not be drawn. */
export type Drawing =
  | { readonly ok: true; readonly body: Safe; readonly columns: readonly DrawnColumn[] }
  | { readonly ok: false; readonly error: SeriesRefusal };

/** A kind of panel that shows a source's rows. `M` is its message of the definition. */
export type Kind<M> = {
  /** Returns the names of the columns that such a panel shows, as far as it names any. */
  readonly columns: (panel: M) => readonly string[];
  /** Draws the panel. Every column that `columns` returns is there. */
  readonly draw: (panel: M, input: PanelInput) => Drawing;
};
