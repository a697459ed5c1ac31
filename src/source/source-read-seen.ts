import { Abandoned } from "./abandoned.ts";
import { SourceError, type SourceFailure } from "./source-error.ts";

/** A read of a source that is over: nothing in it is of the source's own, or of its query. */
export type SourceReadSeen = {
  /** What was read: the kind of connection, `duckdb` or `derived`; `sql` where the connection could not be had. */
  readonly kind: string;
  /** The id of the datasource for which it was read first. */
  readonly datasource: string;
  /** `abandoned` where nobody waited for it any more, `internal` where the mistake is ours. */
  readonly outcome: "ok" | SourceFailure | "abandoned" | "internal";
  /** How long it took, its wait for room included; undefined where it did not begin. */
  readonly ms: number | undefined;
};

/** Is told of each read when it is over. What is kept, or was had from another replica, is no read. */
export type OnRead = (read: SourceReadSeen) => void;

/** Says what an error of a read comes to. */
export function outcomeOf(error: unknown): SourceReadSeen["outcome"] {
  if (error instanceof Abandoned) return "abandoned";
  return error instanceof SourceError ? error.failure : "internal";
}
