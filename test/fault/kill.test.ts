import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService } from "../process.ts";
import { createRandom } from "./random.ts";

const cycles = 20;
const writers = 8;
const shared = "shared";

/** KILL_SEED repeats a run, as far as the machine lets it. */
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

/** A save as a caller makes it: once, and after a crash again with the same key. */
type Save = {
  readonly key: string;
  readonly dashboardId: string;
  readonly title: string;
  /** The body that acknowledged it. */
  acknowledged?: string;
};

const test = suite(`kill -9 (seed ${seed})`);
const folder = createDataFolder();
test.after(() => folder.remove());

test(`nothing acknowledged is lost and nothing is done twice in ${cycles} kills during saves`, async () => {
  const random = createRandom(seed);
  const saves: Save[] = [];
  let acknowledged = 0;
  let doneUnacknowledged = 0;
  let service = await folder.start();
  const database = await folder.databasePid();

  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const begun: Save[] = [];
    const writing = Array.from({ length: writers }, (_, writer) => write(service, `${cycle}-${writer}`, begun));
    await sleep(20 + random() * 200);
    service.signal("SIGKILL");
    await Promise.all([service.ended, ...writing]);
    saves.push(...begun);

    service = await folder.start();
    assert.is(await folder.databasePid(), database, "the database's server was not taken over");
    const acknowledgedNow = begun.filter((save) => save.acknowledged !== undefined);
    // Before anything is sent again: that would do over what was lost.
    await inParallel(acknowledgedNow, (save) => checkContent(service, save));
    acknowledged += acknowledgedNow.length;
    // Earlier cycles' saves are all acknowledged by now.
    const expected = saves.length - begun.length + acknowledgedNow.length;
    doneUnacknowledged += (await countVersions(service, saves)) - expected;
    await inParallel(begun, (save) => repeat(service, save));
  }

  await checkVersions(service, saves);
  console.log(`${acknowledged} saves acknowledged before a kill, ${doneUnacknowledged} done but not acknowledged`);
  assert.ok(acknowledged > cycles * writers, "the kills came before there was anything to lose");
  service.signal("SIGTERM");
  assert.is(await service.ended, 0);
});

test.run();

/** Saves without pause, now its own dashboard, now the shared one, until the service is gone. */
async function write(service: RunningService, name: string, begun: Save[]): Promise<void> {
  for (let n = 0; ; n += 1) {
    const save: Save = {
      key: `save-${name}-${n}`,
      dashboardId: n % 2 === 0 ? `own_${name.split("-")[1]}` : shared,
      title: `Save ${name}-${n}`,
    };
    begun.push(save);
    try {
      save.acknowledged = await send(service, save);
    } catch (error) {
      if (error instanceof assert.Assertion) throw error;
      return;
    }
  }
}

async function send(service: RunningService, { key, dashboardId, title }: Save): Promise<string> {
  const body = { dashboard_id: dashboardId, layout: { title }, datasources: [] };
  const answer = await service.post("/definitions", body, { "x-request-id": key });
  const text = await answer.text();
  assert.is(answer.status, 200, text);
  return text;
}

/** Sends a save again: what was acknowledged gives the same bytes, and the rest is acknowledged now. */
async function repeat(service: RunningService, save: Save): Promise<void> {
  const text = await send(service, save);
  if (save.acknowledged !== undefined) assert.is(text, save.acknowledged);
  save.acknowledged = text;
}

/** Counts all versions there are. */
async function countVersions(service: RunningService, saves: readonly Save[]): Promise<number> {
  const ids = [...new Set(saves.map(({ dashboardId }) => dashboardId))];
  const actives = await Promise.all(
    ids.map(async (id) => {
      const answer = await service.get(`/definitions/${id}`);
      return answer.status === 404 ? 0 : ((await answer.json()) as { version: number }).version;
    }),
  );
  return actives.reduce((sum, version) => sum + version, 0);
}

const versionOf = ({ acknowledged }: Save) => (JSON.parse(acknowledged!) as { version: number }).version;

/** What was acknowledged as a version is that version. */
async function checkContent(service: RunningService, save: Save): Promise<void> {
  const answer = await service.get(`/definitions/${save.dashboardId}?version=${versionOf(save)}`);
  assert.is(answer.status, 200, `${save.key} is lost`);
  const { definition } = (await answer.json()) as { definition: { layout: { title: string } } };
  assert.is(definition.layout.title, save.title);
}

/** Every save is one version with its content, and versions go from 1 to the number of saves. */
async function checkVersions(service: RunningService, saves: readonly Save[]): Promise<void> {
  await inParallel(saves, (save) => checkContent(service, save));
  for (const [id, own] of Map.groupBy(saves, ({ dashboardId }) => dashboardId)) {
    const versions = own.map(versionOf).sort((a, b) => a - b);
    const gapless = own.map((_, index) => index + 1);
    assert.equal(versions, gapless);
    assert.is((await service.get(`/definitions/${id}?version=${own.length + 1}`)).status, 404);
  }
}

/** Does the work for each item, as many at a time as there are writers. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (const item of left) await work(item);
    }),
  );
}
