import type { Step } from "../corpus.ts";
import type { StepRecord } from "../record.ts";
import type { Scope } from "../scope.ts";
import type { Vocabulary } from "../vocabulary.ts";
import type { WorldKind } from "../world-kind.ts";

/** Runs one step; `index` is that of the loop around it. Steps within it run by `scope.run`. */
export type StepRunner = (scope: Scope, step: Step, index?: number) => Promise<StepRecord>;

/** What steps of a name do. */
export type StepKind = {
  readonly run: StepRunner;
  /** What it may say beside `do`, `expect` and `auth`: a step with a field that nobody reads is not run. */
  readonly fields: readonly string[];
  /** Where such a step can run. Without it: anywhere. */
  readonly worlds?: (step: Step) => readonly WorldKind[];
  /** Returns why the step cannot run anywhere, undefined if it can. */
  readonly whyNot?: (step: Step, vocabulary: Vocabulary) => string | undefined;
};
