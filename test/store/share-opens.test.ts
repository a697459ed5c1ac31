import * as assert from "uvu/assert";
import type { ShareOpens } from "../../src/store/share-opens.ts";
import { suite } from "../harness.ts";
import { change, definition } from "./change.ts";
import { createTestDatabase } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: opens of links");
const database = await createTestDatabase();
const stores = [await database.openStore(), await database.openStore()] as const;
const [store] = stores;
test.after(async () => {
  for (const each of stores) await each.close();
});

const inAnHourMs = Date.now() + 3_600_000;

async function share(tenant: string, shareId: string) {
  const what = { shareId, dashboardId: "ops", version: undefined, filtersJson: "{}", createdBy: "ann" };
  const more = { viewerFilters: [], frameAncestors: [], expiresAtMs: inAnHourMs };
  await change(store, tenant, (tx) => tx.createShare({ ...what, ...more }));
}

for (const tenant of ["acme", "bolt"]) {
  await change(store, tenant, (tx) => tx.saveDefinition(definition("ops", "{}")));
}

const opensOf = (shareId: string, opens: number, lastOpenedAtMs: number, tenant = "acme"): ShareOpens => {
  return { tenant, shareId, opens, lastOpenedAtMs };
};

const counted = async (tenant: string, shareId: string) => {
  const links = await store.listShares(tenant, { dashboardId: undefined, after: undefined, limit: 1000 });
  const { opens, lastOpenedAtMs } = links.find((link) => link.shareId === shareId)!;
  return [opens, lastOpenedAtMs];
};

test("a link was never opened, then as often as was told, and last when it was last", async () => {
  await share("acme", "one");
  assert.equal(await counted("acme", "one"), [0, undefined]);
  await store.countOpens([opensOf("one", 3, 2_000_123)]);
  await store.countOpens([opensOf("one", 2, 1_000_000)]);
  assert.equal(await counted("acme", "one"), [5, 2_000_123]);
  await store.countOpens([opensOf("one", 1, 3_000_000), opensOf("one", 1, 2_500_000)]);
  assert.equal(await counted("acme", "one"), [7, 3_000_000]);
});

test("one batch counts links of many tenants, each in its own, and passes over what is not there", async () => {
  for (const tenant of ["acme", "bolt"]) await share(tenant, "same_id");
  await store.countOpens([
    opensOf("same_id", 2, 5, "bolt"),
    opensOf("same_id", 1, 7, "acme"),
    opensOf("nowhere", 1, 7, "acme"),
    opensOf("same_id", 9, 7, "nobody"),
  ]);
  assert.equal(await counted("acme", "same_id"), [1, 7]);
  assert.equal(await counted("bolt", "same_id"), [2, 5]);
  await store.countOpens([]);
});

test("a batch that fails counts nothing, so that it may be told again", async () => {
  await share("acme", "whole");
  const batch = [opensOf("whole", 1, 5), opensOf("\u0000", 1, 5, "bolt")];
  assert.is((await refusalOf(store.countOpens(batch))).reason, "INVALID_REQUEST");
  assert.equal(await counted("acme", "whole"), [0, undefined]);
});

test("batches at once, in any order and while links are withdrawn, lose nothing and wait in no circle", async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `many_${i}`);
  for (const tenant of ["acme", "bolt"]) for (const id of ids) await share(tenant, id);
  const batches = Array.from({ length: 20 }, (_, i) => {
    const batch = ["acme", "bolt"].flatMap((tenant) => ids.map((id) => opensOf(id, 1, i, tenant)));
    return i % 2 === 0 ? batch : batch.toReversed();
  });
  await Promise.all([
    ...batches.map((batch, i) => stores[i % 2]!.countOpens(batch)),
    ...ids.slice(10).map((id) => change(store, "acme", (tx) => tx.revokeShare(id))),
  ]);
  for (const id of ids.slice(0, 10)) assert.equal(await counted("acme", id), [20, 19]);
  for (const id of ids) assert.equal(await counted("bolt", id), [20, 19]);
});

test.run();
