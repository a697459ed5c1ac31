/** Numbers; NaN where a row has no value. Infinity never occurs: a source gives NaN for it. */
type NumberColumn = {
  readonly type: "number";
  readonly name: string;
  readonly values: Float64Array;
};

/** Times in milliseconds since 1970-01-01T00:00Z; NaN where a row has no value. */
export type TimeColumn = {
  readonly type: "time";
  readonly name: string;
  readonly values: Float64Array;
  /**
   * Whether the values are instants, shown in the dashboard's zone. Otherwise they are readings of
   * a calendar or wall clock, written as if in UTC, and are shown in UTC: a day stays that day.
   */
  readonly zoned: boolean;
};

/** Words; null where a row has no value. */
type StringColumn = {
  readonly type: "string";
  readonly name: string;
  readonly values: readonly (string | null)[];
};

/** Truth values; null where a row has no value. */
type BooleanColumn = {
  readonly type: "boolean";
  readonly name: string;
  readonly values: readonly (boolean | null)[];
};

/**
 * A list of numbers for each row, such as its small line; null where a row has none. NaN stands in a
 * list where a number is missing. A list has at most 1000: a source gives no longer one.
 */
export type NumbersColumn = {
  readonly type: "numbers";
  readonly name: string;
  readonly values: readonly (Float64Array | null)[];
};

/** One column of a frame; its `values` has the frame's `length`. */
export type Column = NumberColumn | TimeColumn | StringColumn | BooleanColumn | NumbersColumn;

/** What a source answered: columns of one length, in the order of the source's rows. */
export type Frame = {
  readonly columns: readonly Column[];
  /** Rows. */
  readonly length: number;
  /** Whether the source had more rows than its cap let through. */
  readonly truncated: boolean;
};

/** Returns the column of that name, or undefined. The first wins where a source repeats a name. */
export function findColumn(frame: Frame, name: string): Column | undefined {
  return frame.columns.find((column) => column.name === name);
}
