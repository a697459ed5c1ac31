/**
 * Runs the cases of sources.test.ts, which starts this in a namespace of its own and reads what came of each
 * as a line of JSON from file descriptor 3. `isolated` as an argument says that there is such a namespace.
 */
import { writeSync } from "node:fs";
import { checkWatch } from "./around/self-check.ts";
import { startSourceWorld } from "./around/source-world.ts";
import type { Case } from "./corpus.ts";
import { runCase } from "./run-case.ts";
import { scheduleCases } from "./schedule.ts";
import { loadSourceCases } from "./source-cases.ts";
import type { World } from "./world.ts";

/** What came of a case. */
export type CaseResult = {
  readonly id: string;
  readonly verdict: "passed" | "tolerated" | "failed";
  readonly problem?: string;
  readonly tookMs: number;
};

/** What is told at the end. */
export type EndOfRun = {
  readonly log: readonly string[];
  /** Contacts that were made to see whether they are seen, and were not. */
  readonly unseen: readonly string[];
  readonly tookMs: number;
};

const isolated = process.argv.includes("isolated");
const { cases, skipped } = loadSourceCases(isolated);
const { timed, patient, alone, lanes, last } = scheduleCases(cases.filter(({ id }) => !skipped.has(id)));
const startedAt = performance.now();
const world = await startSourceWorld(cases, isolated);
const main = await world.lane("A");
// Before any case: what it contacts would be taken for these.
const unseen = isolated ? await checkWatch(main) : [];
await inTurn(main, timed);
const waiting = Promise.all(patient.map(async (attack, at) => inTurn(await world.lane(`waits${at}`), [attack])));
await inTurn(main, alone);
const sideBySide = lanes.filter((list) => list.length > 0);
await Promise.all(sideBySide.map(async (list, at) => inTurn(at === 0 ? main : await world.lane(`lane${at}`), list)));
await waiting;
await inTurn(main, last);
const log = world.log();
await world.stop();
tell({ log, unseen, tookMs: Math.round(performance.now() - startedAt) });

async function inTurn(lane: World, list: readonly Case[]): Promise<void> {
  for (const attack of list) tell(await judge(lane, attack));
}

async function judge(lane: World, attack: Case): Promise<CaseResult> {
  const { id } = attack;
  const from = performance.now();
  const tookMs = () => Math.round(performance.now() - from);
  try {
    return { id, verdict: await runCase(lane, attack), tookMs: tookMs() };
  } catch (error) {
    return { id, verdict: "failed", problem: `${error instanceof Error ? error.message : error}`, tookMs: tookMs() };
  }
}

function tell(result: CaseResult | EndOfRun): void {
  writeSync(3, `${JSON.stringify(result)}\n`);
}
