import { setTimeout as pause } from "node:timers/promises";
import { bigPage } from "../big-page.ts";
import type { Case } from "../corpus.ts";
import { probeWhile } from "../probing.ts";
import { sampled } from "../sampled.ts";
import { isSlowKind, openSlowClients } from "../slow-clients.ts";
import type { StepKind } from "./step-kind.ts";

/** Clients that take their time, and a good one among them, whose answers are judged. */
export const slow: StepKind = {
  fields: ["kind", "connections", "s", "interval_ms", "probe"],
  worlds: () => ["load"],
  whyNot: ({ kind = "" }) => (isSlowKind(kind) ? undefined : `the harness knows no slow clients of the kind ${kind}`),
  async run(scope, step) {
    const { world, attack } = scope;
    const { kind = "", connections = 1, s = 10, interval_ms: intervalMs = 1_000 } = step;
    const seconds = sampled(scope, `seconds of slow ${kind}`, s, 6);
    const clients = await openSlowClients({
      kind,
      connections,
      port: world.service.port,
      intervalMs,
      ...(world.attackerAddress && { from: world.attackerAddress }),
      page: kind === "read" ? await bigPage(world) : "/",
      tokenOf: (tenant) => world.token(tenant),
    });
    // Those that must be closed by the other side are not left before that is due.
    const untilClosed = Promise.race([clients.allClosed, pause(1_000 * secondsToClose(attack))]);
    const over = Promise.all([pause(1_000 * seconds), untilClosed]);
    const { outcomes } = await probeWhile(scope, step.probe, over);
    return { step, outcomes, pressure: { slowClients: clients.end() } };
  },
};

function secondsToClose({ expect }: Case): number {
  const seconds = expect.props.map((name) => Number(/^conns_closed_within_(\d+)s$/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...seconds);
}
