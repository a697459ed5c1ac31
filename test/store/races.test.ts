import * as assert from "uvu/assert";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createTestDatabase } from "./database.ts";

const test = suite("store: races");
const database = await createTestDatabase();
const stores = [await database.openStore(), await database.openStore()] as const;
const [store] = stores;
test.after(async () => {
  for (const each of stores) await each.close();
});

/** Runs effects at the same time, half of them in another process's store. */
const race = <T>(effects: readonly ((tx: TenantTransaction) => Promise<T>)[]) =>
  Promise.allSettled(effects.map((effect, i) => change(stores[i % 2]!, "acme", effect)));

const times = <T>(count: number, effectOf: (i: number) => T) => Array.from({ length: count }, (_, i) => effectOf(i));

/** Tells how the effects went: the answers of those that won, the reasons of those that lost. */
function outcomesOf<T>(results: readonly PromiseSettledResult<T>[]) {
  const won = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const lost = results.flatMap((result) => (result.status === "rejected" ? [toErrorAnswer(result.reason).reason] : []));
  return { won, lost };
}

/** Holds a dashboard to versions without gaps, the active one the last. */
async function assertGapless(dashboardId: string, count: number) {
  const versions = await store.listVersions("acme", dashboardId, { before: undefined, limit: 1000 });
  assert.equal(
    versions.map(({ version }) => version),
    times(count, (i) => count - i),
  );
  assert.is((await store.getVersion("acme", dashboardId, undefined))?.version, count);
}

const anything = { expectedVersion: undefined, expectedRevision: undefined };
const publishOf =
  (dashboardId: string, more = {}) =>
  (tx: TenantTransaction) =>
    tx.publishDraft({ dashboardId, author: "bob", note: "", ...anything, ...more });

test("of 20 drafts at once that expect the same revision, one wins", async () => {
  for (const expectedRevision of [0, 1]) {
    const results = await race(
      times(20, (i) => (tx) => tx.saveDraft(draft("drafts", `${expectedRevision} ${i}`, { expectedRevision }))),
    );
    const { won, lost } = outcomesOf(results);
    assert.equal(won, [{ revision: expectedRevision + 1, version: 0 }]);
    assert.equal(lost, new Array(19).fill("STALE_VERSION"));
  }
});

test("20 drafts at once that expect nothing are revisions 1 to 20, and the last one stays", async () => {
  const { won } = outcomesOf(await race(times(20, (i) => (tx) => tx.saveDraft(draft("overwritten", `content ${i}`)))));
  const revisions = won.map(({ revision }) => revision);
  assert.equal(
    revisions.toSorted((a, b) => a - b),
    times(20, (i) => i + 1),
  );
  const kept = await store.getDraft("acme", "overwritten");
  assert.equal([kept?.revision, kept?.json], [20, `content ${revisions.indexOf(20)}`]);
});

test("of 20 publishes at once one makes a version, and the others find no draft", async () => {
  await change(store, "acme", (tx) => tx.saveDraft(draft("published", "a")));
  const { won, lost } = outcomesOf(await race(times(20, () => publishOf("published", { expectedRevision: 1 }))));
  assert.equal(won, [{ version: 1 }]);
  assert.equal(lost, new Array(19).fill("NOT_FOUND"));
  await assertGapless("published", 1);
});

test("a publish and a save that expect the same version: one wins, in both orders", async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = `either_${round}`;
    await change(store, "acme", (tx) => tx.saveDraft(draft(id, "of the draft")));
    const save = (tx: TenantTransaction) => tx.saveDefinition(definition(id, "of the save", { expectedVersion: 0 }));
    const publish = publishOf(id, { expectedVersion: 0 });
    const { won, lost } = outcomesOf(await race(round % 2 === 0 ? [save, publish] : [publish, save]));
    assert.equal([won, lost], [[{ version: 1 }], ["STALE_VERSION"]]);
    await assertGapless(id, 1);
  }
});

test("first saves, drafts and publishes of a new dashboard at once lose nothing and leave no gap", async () => {
  const effects = times(30, (i) => async (tx: TenantTransaction) => {
    if (i % 3 === 0) return (await tx.saveDefinition(definition("mixed", `save ${i}`))).version;
    if (i % 3 === 1) return (await tx.saveDraft(draft("mixed", `draft ${i}`))) && 0;
    return (await publishOf("mixed")(tx)).version;
  });
  const { won, lost } = outcomesOf(await race(effects));
  assert.ok(lost.every((reason) => reason === "NOT_FOUND"));
  const versions = won.filter((version) => version > 0);
  assert.is(new Set(versions).size, versions.length);
  await assertGapless("mixed", versions.length);
});

test("archives, saves and restores at once leave no gap, and whoever came last is right", async () => {
  await change(store, "acme", (tx) => tx.saveDefinition(definition("busy", "{}")));
  const restore = { dashboardId: "busy", version: 1, author: "bob", note: "", expectedVersion: undefined };
  const effects = times(30, (i) => async (tx: TenantTransaction) => {
    if (i % 3 === 0) await tx.saveDefinition(definition("busy", `{"save":${i}}`));
    else if (i % 3 === 1) await tx.archiveDefinition({ dashboardId: "busy", expectedVersion: undefined });
    else await tx.restoreVersion(restore);
  });
  const { lost } = outcomesOf(await race(effects));
  assert.equal(lost, []);
  const { version, archived } = (await store.getVersion("acme", "busy", undefined))!;
  await assertGapless("busy", version);
  assert.is(await store.getActiveVersion("acme", "busy"), archived ? undefined : version);
});

test("an archive and a save that expect the same version: both may happen, never half of one", async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = `gone_${round}`;
    await change(store, "acme", (tx) => tx.saveDefinition(definition(id, "a")));
    const { won, lost } = outcomesOf<unknown>(
      await race<unknown>([
        (tx) => tx.archiveDefinition({ dashboardId: id, expectedVersion: 1 }),
        (tx) => tx.saveDefinition(definition(id, "b", { expectedVersion: 1 })),
      ]),
    );
    // The archive first, and then the save brings it back; or the save first, and the archive is refused.
    assert.is(won.length + lost.length, 2);
    assert.ok(lost.length === 0 || (lost.length === 1 && lost[0] === "STALE_VERSION"));
    assert.is(await store.getActiveVersion("acme", id), 2);
  }
});

test("links are made and opened while their dashboard is saved, and nobody waits in a circle", async () => {
  await change(store, "acme", (tx) => tx.saveDefinition(definition("linked", "a")));
  const share = { dashboardId: "linked", version: undefined, filtersJson: "{}", createdBy: "ann" };
  const more = { viewerFilters: [], frameAncestors: [], expiresAtMs: Date.now() + 60_000 };
  const effects = times(30, (i) => async (tx: TenantTransaction) => {
    await tx.createShare({ ...share, ...more, shareId: `s${i}` });
    await tx.saveDefinition(definition("linked", `content ${i}`));
  });
  assert.equal(outcomesOf(await race(effects)).lost, []);
  await assertGapless("linked", 31);
});

test.run();
