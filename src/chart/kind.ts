import type { Frame } from "../frame/frame.ts";
import type { ClickOf } from "./click.ts";
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
  /** What the values of its columns do when they are clicked. */
  readonly clickOf: ClickOf;
};

/** A cell as a browser gets it; a list is what a small line runs through. */
export type DrawnValue = number | string | boolean | null | readonly (number | null)[];

/** How a browser writes numbers or times: by Intl with these options, numbers divided before and with the suffix behind. */
export type DrawnFormat = {
  readonly options: Intl.NumberFormatOptions | Intl.DateTimeFormatOptions;
  /** 1 when absent. */
  readonly divisor?: number;
  /** Empty when absent. */
  readonly suffix?: string;
};

/** A column as a browser gets it. */
export type DrawnColumn = {
  readonly title: string;
  readonly type: "number" | "time" | "string" | "boolean" | "numbers";
  readonly unit?: string;
  readonly decimals?: number;
  /** Whether times are instants, to be shown in the dashboard's zone; else they are shown in UTC. */
  readonly zoned?: boolean;
  /** How its numbers or times are written; where it is absent their texts are all in the HTML. */
  readonly format?: DrawnFormat;
  /** The index in the first column of each value; when absent each value belongs to its own row. */
  readonly at?: readonly number[];
  /** Times are milliseconds since 1970; null is no value. */
  readonly values: readonly DrawnValue[];
};

/**
 * Along one side of a plot: slots of equal width, counted from the left or the top, or numbers and
 * times from the left or the bottom.
 */
export type DrawnAxis =
  | { readonly scale: "slots"; readonly count: number }
  | { readonly scale: "linear" | "log"; readonly from: number; readonly to: number };

/** A drawn panel, or why it could not be drawn. */
export type Drawing =
  | {
      readonly ok: true;
      readonly body: Safe;
      readonly columns: readonly DrawnColumn[];
      /** Where its values stand on its plot, for what has one: so a browser tells what is pointed at. */
      readonly axes?: { readonly x: DrawnAxis; readonly y?: DrawnAxis };
    }
  | { readonly ok: false; readonly error: SeriesRefusal };

/** A kind of panel that shows a source's rows. `M` is its message of the definition. */
export type Kind<M> = {
  /** Returns the names of the columns that such a panel shows, as far as it names any. */
  readonly columns: (panel: M) => readonly string[];
  /** Draws the panel. Every column that `columns` returns is there. */
  readonly draw: (panel: M, input: PanelInput) => Drawing;
};
