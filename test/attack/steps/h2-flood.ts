import { flood, isFloodKind } from "../h2-flood.ts";
import { probeWhile } from "../probing.ts";
import { sampled } from "../sampled.ts";
import { fillIn } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** The longest that one goes on. */
const maxMs = 60_000;

/** A flood of HTTP/2 frames, and a good client beside it, whose answers are judged. */
export const h2Flood: StepKind = {
  fields: ["kind", "n", "target", "probe"],
  worlds: () => ["load"],
  whyNot: ({ kind = "" }) => (isFloodKind(kind) ? undefined : `the harness knows no flood of the kind ${kind}`),
  async run(scope, step) {
    const { world, variables } = scope;
    const n = sampled(scope, "frames", step.n!, 20_000);
    const port = Number(fillIn(step.target ?? "", variables)) || world.service.port;
    const going = flood({
      kind: step.kind!,
      n,
      port,
      maxMs,
      ...(world.attackerAddress && { from: world.attackerAddress }),
    });
    const { outcomes, result } = await probeWhile(scope, step.probe, going);
    return { step, outcomes, pressure: { flood: result } };
  },
};
