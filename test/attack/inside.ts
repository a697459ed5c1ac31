/**
 * Runs the cases of `around/run-inside.ts`, which starts this in a namespace of its own, tells it what to run on its
 * standard input, and reads what came of each case as a line of JSON from file descriptor 3.
 */
import { writeSync } from "node:fs";
import { json } from "node:stream/consumers";
import { checkWatch } from "./around/self-check.ts";
import { startSourceWorld } from "./around/source-world.ts";
import type { Case } from "./corpus.ts";
import { judgeCase } from "./one-by-one.ts";
import type { CaseResult, EndOfRun } from "./results.ts";
import { scheduleCases } from "./schedule.ts";
import type { World, WorldOptions } from "./world.ts";

/** What it is told. */
export type InsideTask = {
  readonly cases: readonly Case[];
  readonly options: WorldOptions;
  /** Whether there is a network namespace around it. */
  readonly isolated: boolean;
};

const { cases, options, isolated } = (await json(process.stdin)) as InsideTask;
const { timed, patient, alone, lanes, last } = scheduleCases(cases);
const startedAt = performance.now();
const world = await startSourceWorld(cases, options, isolated);
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
  for (const attack of list) tell(await judgeCase(lane, attack));
}

function tell(result: CaseResult | EndOfRun): void {
  writeSync(3, `${JSON.stringify(result)}\n`);
}
