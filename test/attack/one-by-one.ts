import type { Case } from "./corpus.ts";
import type { CaseResult } from "./results.ts";
import { runCase } from "./run-case.ts";
import type { World, WorldOptions } from "./world.ts";
import type { RunCases } from "./worlds.ts";

/** Runs cases in one world, in turn. */
export function oneByOne(start: (options: WorldOptions) => Promise<World>): RunCases {
  return async (cases, options, tell) => {
    const startedAt = performance.now();
    const world = await start(options);
    try {
      for (const attack of cases) tell(await judgeCase(world, attack));
      return { log: world.service.log, unseen: [], tookMs: Math.round(performance.now() - startedAt) };
    } finally {
      await world.stop();
    }
  };
}

/** Runs a case and says what came of it. Never throws: whatever breaks is the case's failure. */
export async function judgeCase(world: World, attack: Case): Promise<CaseResult> {
  const { id } = attack;
  const from = performance.now();
  const tookMs = () => Math.round(performance.now() - from);
  try {
    return { id, verdict: await runCase(world, attack), tookMs: tookMs() };
  } catch (error) {
    return { id, verdict: "failed", problem: `${error instanceof Error ? error.message : error}`, tookMs: tookMs() };
  }
}
