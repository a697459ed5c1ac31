/** Why a panel has no rows, as callers see it in `PanelState.error`. */
export type SourceFailure =
  /** The source refused or could not do what was asked: asking again will not help. */
  | "source_failed"
  /** The source was still at work when its time was up. */
  | "source_timeout"
  /** The source could not take the question in time. */
  | "source_unavailable";

/**
 * A source's failure on its way to the runner, which alone decides what becomes of it. Its message
 * is a category for the log and never holds a source's own text: that quotes queries, data and paths.
 */
export class SourceError extends Error {
  readonly failure: SourceFailure;

  constructor(failure: SourceFailure, category: string) {
    super(category);
    this.name = "SourceError";
    this.failure = failure;
  }
}
