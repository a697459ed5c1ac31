import { setTimeout as pause } from "node:timers/promises";
import { type Case, stepsWithin } from "./corpus.ts";
import { startLoadWorld } from "./load-world.ts";
import { judgeCase } from "./one-by-one.ts";
import type { World } from "./world.ts";
import type { RunCases } from "./worlds.ts";

/**
 * Runs cases in one world of real limits. Those that mostly wait run beside all others, each as a tenant of its own.
 * Beside them, one kind after another: those that count rates, which nothing may hold up; those that keep the service
 * busy for a moment; and at last, with nothing beside them, those that press it.
 */
export const runLoad: RunCases = async (cases, options, tell) => {
  const startedAt = performance.now();
  const world = await startLoadWorld(options);
  const { waits = [], paces = [], counts = [], busies = [], presses = [] } = Object.groupBy(cases, kindOf);
  const ofItself = (attack: Case) => world.lane(attack.id);
  const runIn = async (lane: World, attack: Case) => tell(await judgeCase(lane, attack));
  try {
    // The tokens that cases make by themselves are those of A.
    const ofA = await world.lane("A");
    const sideBySide = (list: readonly Case[]) =>
      Promise.all(list.map(async (attack) => runIn(await ofItself(attack), attack)));
    const waiting = sideBySide(waits);
    const pacing = sideBySide(paces);
    for (const attack of counts) {
      if (!makesTokens(attack)) await runIn(await ofItself(attack), attack);
      else {
        await pause(refillMs);
        await runIn(ofA, attack);
      }
    }
    await pacing;
    for (const attack of busies) await runIn(await ofItself(attack), attack);
    await waiting;
    for (const attack of presses) await runIn(makesTokens(attack) ? ofA : await ofItself(attack), attack);
    return { log: world.log(), unseen: [], tookMs: Math.round(performance.now() - startedAt) };
  } finally {
    await world.stop();
  }
};

/** How long a tenant's calls take to be allowed again, all of them. */
const refillMs = 1_100;

/** From here on a burst is more than a look at a counter. */
const bigBurst = 1_000;

function kindOf({ steps }: Case): "waits" | "paces" | "counts" | "busies" | "presses" {
  const all = steps.flatMap(stepsWithin);
  if (all.some((step) => /^(h2_flood|load)$/.test(step.do) || (step.n ?? 0) >= bigBurst)) return "presses";
  if (all.some((step) => step.do === "slow")) {
    return all.some(({ kind }) => kind === "read" || kind === "idle") ? "busies" : "waits";
  }
  return all.some((step) => /^(paced|burst_at_edges)$/.test(step.do)) ? "paces" : "counts";
}

function makesTokens({ steps }: Case): boolean {
  return steps.flatMap(stepsWithin).some(({ auth }) => typeof auth === "object" && "jwt" in auth);
}
