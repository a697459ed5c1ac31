import type { Binding } from "../../definition/filter-value.ts";
import type { Frame } from "../../frame/frame.ts";

/** One query, as a DuckDB process is told to run it. */
export type DuckdbJob = {
  /**
   * The tenant's folder: absolute, real, without a slash at its end. Its name never leaves with the rows.
   * Absent where the query reaches no file.
   */
  readonly folder?: string;
  /** The only files that the query reaches. */
  readonly files: readonly ViewedFile[];
  /** Rows that the query reaches as well; none where absent. */
  readonly tables?: readonly DuckdbTable[];
  /** One SELECT, with its parameters as `$name`. */
  readonly sql: string;
  /** The values of exactly the parameters in `sql`. */
  readonly params: Binding;
  /** The IANA name of the zone in which the query reads wall clocks. */
  readonly timezone: string;
  /** Rows beyond are left out, and the frame says so. */
  readonly maxRows: number;
  /** As `maxRows`, for the bytes that the rows take in memory. */
  readonly maxBytes: number;
};

/** A file as the query sees it. */
export type ViewedFile = {
  /** The view's name. */
  readonly view: string;
  /** Absolute, with every symbolic link resolved. */
  readonly path: string;
  readonly format: "parquet" | "csv" | "json";
};

/** A frame as the query sees it. */
export type DuckdbTable = { readonly name: string; readonly frame: Frame };

/** What the service sends to a DuckDB process. Ids are never used again. */
export type ToDuckdb =
  | { readonly kind: "query"; readonly id: number; readonly job: DuckdbJob }
  | { readonly kind: "interrupt"; readonly id: number };

/** What a DuckDB process sends back. */
export type FromDuckdb =
  /** The process takes queries now. `limited` says whether the system bounds its memory and writes. */
  | { readonly kind: "ready"; readonly limited: boolean }
  /** What came of a query. `spent` says that the process should be given no other. */
  | { readonly kind: "answer"; readonly id: number; readonly answer: DuckdbAnswer; readonly spent: boolean };

/** Rows, or the engine's class of error, such as `Binder Error`. */
export type DuckdbAnswer = { readonly frame: Frame } | { readonly category: string };
