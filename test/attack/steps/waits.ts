import { setTimeout as pause } from "node:timers/promises";
import type { StepKind } from "./step-kind.ts";

/** Time passes. */
export const sleep: StepKind = {
  fields: ["ms"],
  async run(_, step) {
    await pause(step.ms);
    return { step, outcomes: [] };
  },
};

/** How an upstream answers from now on. */
export const sink: StepKind = {
  fields: ["id", "reply"],
  worlds: () => ["source"],
  async run({ prepared }, step) {
    await prepared!.answerWith(step.id!, step.reply!);
    return { step, outcomes: [] };
  },
};
