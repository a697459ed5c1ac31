import { randomInt } from "node:crypto";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createCodeCache } from "./code-cache.ts";
import { crashPoints } from "./crash-points.ts";
import { runDuplicates } from "./duplicates.ts";
import { runControl, runHardStops } from "./hard-stops.ts";
import { runKillCycles } from "./kill-cycles.ts";
import type { Tally } from "./ledger.ts";
import { crashAtPoints } from "./point-crashes.ts";
import { createRandom } from "./random.ts";
import { type StoppableService, startStoppableService } from "./stoppable-service.ts";

/** Kills in all, of which each named point has one. */
const kills = 50;
const cycles = kills - crashPoints.length;
const stops = 25;

/** CRASH_SEED repeats a run, as far as the machine lets it. */
const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));

const test = suite(`crashes (seed ${seed})`);
const random = createRandom(seed);
const env = createCodeCache();
const progress = () => {};
let under: StoppableService;

test.before(async () => {
  under = await startStoppableService(env);
});

test.after(() => under.close());

test("40 keys, each 50 times at once, have one effect and one answer each", async () => {
  const { caller, postgres } = under;
  const plan = { caller, tenant: "acme", superuserUrl: postgres.superuserUrl, keys: 40, copies: 50, progress };
  const { wrong, problems } = await runDuplicates(plan);
  assert.equal([wrong, problems], [0, []]);
});

test(`${stops} hard stops of the database lose nothing, and the same process works within 2 s after each`, async () => {
  const figures = await runHardStops(under, { stops, random, progress });
  assertNothingLost(figures);
  assert.ok(figures.acknowledged > stops, "the stops came before there was anything to lose");
  console.log(`${figures.acknowledged} acknowledged; recovered within ${figures.worstRecoveryMs} ms`);
});

test("the control, a database that acknowledges before it writes, loses something: the stops prove it", async () => {
  const { lost, acknowledged } = await runControl(under, { stops: 1, random, progress });
  await under.close();
  assert.ok(lost > 0, `nothing of ${acknowledged} was lost`);
});

test("killed at each named point, each mutating method has one effect and its stored answer at the retry", async () => {
  const figures = await crashAtPoints({ rounds: 1, env, progress });
  assert.equal(figures.problems, []);
  assert.is(figures.kills, crashPoints.length);
});

test(`nothing acknowledged is lost and nothing is done twice in ${cycles} kills during saves`, async () => {
  const figures = await runKillCycles({ cycles, random, env, progress });
  assertNothingLost(figures);
  assert.ok(figures.acknowledged > cycles, "the kills came before there was anything to lose");
  console.log(
    `${figures.acknowledged} acknowledged before a kill, ${figures.unacknowledged} done but not acknowledged`,
  );
});

test.run();

function assertNothingLost({ lost, half, doubled, problems }: Tally): void {
  assert.equal({ lost, half, doubled, problems }, { lost: 0, half: 0, doubled: 0, problems: [] });
}
