import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createNews } from "../../src/cache/news.ts";
import { reasonOf, toFault } from "../../src/errors/answer.ts";
import { fault } from "../../src/errors/fault.ts";
import { createDefinitions } from "../../src/rpc/definitions.ts";
import { suite } from "../harness.ts";

const test = suite("loading definitions");

/** A store in which every dashboard has versions of some size, and a cache of a mebibyte. */
function start(rows = 1) {
  const state = { active: 1 as number | undefined, reads: [] as string[], nowMs: 0, isDown: false };
  const store = {
    getActiveVersion: async () => {
      if (state.isDown) throw fault("DEPENDENCY_DOWN", "down");
      return state.active;
    },
    getActiveVersions: async (dashboards: readonly unknown[]) => {
      if (state.isDown) throw fault("DEPENDENCY_DOWN", "down");
      return dashboards.map(() => state.active);
    },
    getVersion: async (_: string, dashboardId: string, version = 1) => {
      state.reads.push(`${dashboardId} ${version}`);
      const inline = { columns: [{ name: "n" }], rows: Array.from({ length: rows }, () => [1]) };
      const json = JSON.stringify({ dashboard_id: dashboardId, layout: {}, datasources: [{ id: "d", inline }] });
      const rest = { digest: "", author: "", note: "", createTimeMs: 0, active: true, archived: false };
      return { dashboardId, version, json, ...rest };
    },
  };
  const cache = createByteCache({ maxBytes: 1_048_576, now: () => 0 });
  return { state, definitions: createDefinitions({ store, cache, news: createNews(), elapsedMs: () => state.nowMs }) };
}

test("however many ask, a version is read and parsed once", async () => {
  const { state, definitions } = start();
  const loads = await Promise.all(Array.from({ length: 20 }, () => definitions.load("a", "x", undefined)));
  assert.is(new Set(loads.map(({ definition }) => definition)).size, 1);
  await definitions.load("a", "x", 1);
  assert.equal(state.reads, ["x 1"]);
});

test("parsed versions count for what they take in memory, which is far more than their text", async () => {
  // Some 1.5 kB of JSON each, which is 100 kB parsed: a tenant's half of the cache holds no more than five.
  const { state, definitions } = start(350);
  const ids = Array.from({ length: 20 }, (_, index) => `d${index}`);
  for (const id of ids) await definitions.load("a", id, undefined);
  state.reads.length = 0;
  for (const id of ids.toReversed()) await definitions.load("a", id, undefined);
  assert.ok(state.reads.length >= 15, `${20 - state.reads.length} were kept`);
  assert.ok(state.reads.length < 20, "none was kept");
});

test("what this process changed is seen at once, also that there is nothing any more", async () => {
  const { state, definitions } = start();
  assert.is((await definitions.load("a", "x", undefined)).version, 1);
  state.active = 2;
  assert.is((await definitions.load("a", "x", undefined)).version, 1, "within its second");
  definitions.changed("a", "x");
  assert.is((await definitions.load("a", "x", undefined)).version, 2);
  state.active = undefined;
  definitions.changed("a", "x");
  for (const version of [undefined, 1]) {
    const reason = await definitions.load("a", "x", version).catch((error) => reasonOf(toFault(error)));
    assert.is(reason, "NOT_FOUND");
  }
});

test("a load tells how long ago the store said which version is active, and of one asked by number that it is certain", async () => {
  const { state, definitions } = start();
  assert.is((await definitions.load("a", "x", undefined)).ageMs, 0);
  state.isDown = true;
  state.nowMs = 599_999;
  assert.is((await definitions.load("a", "x", undefined)).ageMs, 599_999);
  assert.is((await definitions.load("a", "x", 1)).ageMs, 0);
  state.nowMs = 600_000;
  assert.is(await definitions.load("a", "x", undefined).catch((error) => reasonOf(toFault(error))), "DEPENDENCY_DOWN");
  state.isDown = false;
  assert.is((await definitions.load("a", "x", undefined)).ageMs, 0);
});

test.run();
