import * as assert from "uvu/assert";
import type { VersionRestore } from "../../src/store/definitions.ts";
import { suite } from "../harness.ts";
import { change, definition } from "./change.ts";
import { createTestDatabase } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: archive and restore");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const contentOf = (title: string) => `{"layout":{"title":"${title}"}}`;
const save = (dashboardId: string, title: string, expectedVersion?: number) =>
  change(store, "acme", (tx) => {
    return tx.saveDefinition(definition(dashboardId, contentOf(title), { title, expectedVersion }));
  });
const archive = (dashboardId: string, expectedVersion?: number, tenant = "acme") =>
  change(store, tenant, (tx) => tx.archiveDefinition({ dashboardId, expectedVersion }));
const restore = (dashboardId: string, more: Partial<VersionRestore> = {}, tenant = "acme") => {
  const what = { dashboardId, version: undefined, author: "bob", note: "back", expectedVersion: undefined };
  return change(store, tenant, (tx) => tx.restoreVersion({ ...what, ...more }));
};
const listed = async (dashboardId: string, status?: "archived") => {
  const wanted = { status, prefix: dashboardId, after: undefined, limit: 1 };
  return (await store.listDefinitions("acme", wanted))[0];
};

test("an archived dashboard has no active version, and keeps every version", async () => {
  await save("old", "a");
  await save("old", "b");
  await archive("old", 2);
  assert.is(await store.getActiveVersion("acme", "old"), undefined);
  for (const [wanted, version] of [[undefined, 2] as const, [1, 1] as const]) {
    const stored = await store.getVersion("acme", "old", wanted);
    assert.equal([stored?.version, stored?.active, stored?.archived], [version, false, true]);
  }
  assert.is((await store.listVersions("acme", "old", { before: undefined, limit: 10 })).length, 2);
  assert.is(await listed("old"), undefined);
  assert.equal(
    [(await listed("old", "archived"))?.status, (await listed("old", "archived"))?.version],
    ["archived", 2],
  );
});

test("many tenants' active versions are told at once, each tenant's own", async () => {
  await save("one-of-many", "a");
  await save("one-of-many", "b");
  await save("gone-of-many", "a");
  await archive("gone-of-many");
  const asked = [
    { tenant: "bolt", id: "one-of-many" },
    { tenant: "acme", id: "one-of-many" },
    { tenant: "acme", id: "gone-of-many" },
    { tenant: "acme", id: "unknown, {\"}'" },
    { tenant: "acme", id: "one-of-many" },
  ];
  assert.equal(await store.getActiveVersions(asked), [undefined, 2, undefined, undefined, 2]);
  assert.equal(await store.getActiveVersions([]), []);
});

test("archiving again is fine, what does not exist is NOT_FOUND, another version is STALE_VERSION", async () => {
  await save("twice", "a");
  assert.match((await refusalOf(archive("twice", 2))).body.message, "expected_version 1");
  assert.is(await store.getActiveVersion("acme", "twice"), 1);
  await archive("twice");
  await archive("twice", 1);
  assert.is((await refusalOf(archive("unknown", 0))).reason, "NOT_FOUND");
  assert.is((await refusalOf(archive("twice", undefined, "bolt"))).reason, "NOT_FOUND");
});

test("a save brings an archived dashboard back, one of the same content adds no version", async () => {
  await save("saved", "a");
  await archive("saved");
  assert.is((await refusalOf(save("saved", "b", 0))).reason, "STALE_VERSION");
  assert.equal(await save("saved", "a", 1), { version: 1 });
  assert.is(await store.getActiveVersion("acme", "saved"), 1);
  await archive("saved");
  assert.equal(await save("saved", "b"), { version: 2 });
  assert.is((await store.getVersion("acme", "saved", undefined))?.active, true);
});

test("a restore copies an old version, word for word, as the next one", async () => {
  await save("undo", "first");
  await save("undo", "second");
  assert.equal(await restore("undo", { version: 1, expectedVersion: 2 }), { version: 3 });
  const [first, third] = await Promise.all([1, 3].map((version) => store.getVersion("acme", "undo", version)));
  assert.equal([third?.json, third?.digest], [first?.json, first?.digest]);
  assert.equal([third?.active, third?.author, third?.note], [true, "bob", "back"]);
  assert.is((await listed("undo"))?.title, "first");
});

test("a restore of what is active adds none", async () => {
  await save("same", "a");
  assert.equal(await restore("same"), { version: 1 });
  assert.equal(await restore("same", { version: 1 }), { version: 1 });
});

test("a restore brings an archived dashboard back, as it was or as it was earlier", async () => {
  await save("woken", "a");
  await save("woken", "b");
  await archive("woken");
  assert.equal(await restore("woken"), { version: 2 });
  assert.is(await store.getActiveVersion("acme", "woken"), 2);
  await archive("woken");
  assert.equal(await restore("woken", { version: 1 }), { version: 3 });
  assert.is(await store.getActiveVersion("acme", "woken"), 3);
});

test("a restore of what does not exist is NOT_FOUND, over another version STALE_VERSION", async () => {
  await save("bad", "a");
  assert.is((await refusalOf(restore("bad", { version: 2 }))).reason, "NOT_FOUND");
  assert.is((await refusalOf(restore("unknown", { expectedVersion: 1 }))).reason, "NOT_FOUND");
  assert.is((await refusalOf(restore("bad", {}, "bolt"))).reason, "NOT_FOUND");
  assert.is((await refusalOf(restore("bad", { expectedVersion: 3 }))).reason, "STALE_VERSION");
  assert.is(await store.getActiveVersion("acme", "bad"), 1);
});

test("a link to an archived dashboard is kept, and may be withdrawn", async () => {
  await save("linked", "a");
  const share = { shareId: "l1", dashboardId: "linked", version: undefined, filtersJson: "{}", createdBy: "ann" };
  const more = { viewerFilters: [], frameAncestors: [], expiresAtMs: Date.now() + 60_000 };
  await change(store, "acme", (tx) => tx.createShare({ ...share, ...more }));
  await archive("linked");
  assert.is((await store.getShare("acme", "l1"))?.revoked, false);
  await change(store, "acme", (tx) => tx.revokeShare("l1"));
  assert.is((await store.getShare("acme", "l1"))?.revoked, true);
});

test.run();
