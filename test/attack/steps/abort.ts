import { burst } from "./burst.ts";
import type { StepKind } from "./step-kind.ts";

/** Clients that give up after so long: one, or as many as it says. What came before that is judged. */
export const abortAfter: StepKind = {
  fields: ["ms", "step", "n", "concurrency"],
  async run(scope, step) {
    const { ms = 0, n = 1, ...rest } = step;
    const record = await burst.run(scope, { ...rest, n, abort_ms: ms });
    return { ...record, step };
  },
};
