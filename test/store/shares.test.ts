import * as assert from "uvu/assert";
import type { ShareCreate } from "../../src/store/shares.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: shares");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const share: ShareCreate = {
  shareId: "s1",
  dashboardId: "ops",
  version: undefined,
  filtersJson: '{"region":"IN"}',
  viewerFilters: ["plan", "period"],
  frameAncestors: ["https://*.example.com:8443"],
  expiresAtMs: 1_900_000_000_123,
  createdBy: "ann",
};

const create = (more: Partial<ShareCreate>) => change(store, "acme", (tx) => tx.createShare({ ...share, ...more }));
const revoke = (shareId: string, tenant = "acme") => change(store, tenant, (tx) => tx.revokeShare(shareId));

await change(store, "acme", (tx) => tx.saveDefinition(definition("ops", "{}")));

test("a link is found as it was made, by its tenant only", async () => {
  await create({});
  const { createdBy: _, ...kept } = share;
  assert.equal(await store.getShare("acme", "s1"), { ...kept, revoked: false, snapshot: false });
  assert.is(await store.getShare("bolt", "s1"), undefined);
  assert.is(await store.getShare("acme", "s2"), undefined);
});

test("a link may be pinned to a version", async () => {
  await create({ shareId: "pinned", version: 1 });
  assert.is((await store.getShare("acme", "pinned"))?.version, 1);
});

test("a link to a dashboard or version that does not exist is NOT_FOUND", async () => {
  for (const more of [{ dashboardId: "nowhere" }, { version: 2 }]) {
    assert.is((await refusalOf(create({ shareId: "dead", ...more }))).reason, "NOT_FOUND");
  }
  assert.is(await store.getShare("acme", "dead"), undefined);
});

test("a link needs a dashboard that is in use", async () => {
  await change(store, "acme", (tx) => tx.saveDraft(draft("begun", "{}")));
  await change(store, "acme", (tx) => tx.saveDefinition(definition("old", "{}")));
  await change(store, "acme", (tx) => tx.archiveDefinition({ dashboardId: "old", expectedVersion: undefined }));
  for (const more of [{ dashboardId: "begun" }, { dashboardId: "old" }, { dashboardId: "old", version: 1 }]) {
    assert.is((await refusalOf(create({ shareId: "dead", ...more }))).reason, "NOT_FOUND");
  }
});

test("a link keeps lists as they were given, also empty ones and odd names", async () => {
  const odd = ['"', "{}", ",", "\\", "null", "é'"];
  await create({ shareId: "odd", viewerFilters: odd, frameAncestors: [] });
  const kept = await store.getShare("acme", "odd");
  assert.equal([kept?.viewerFilters, kept?.frameAncestors], [odd, []]);
});

test("a revoked link says so, and may be revoked again", async () => {
  await create({ shareId: "revoked" });
  await revoke("revoked");
  const at = () =>
    onConnection(database.superuserUrl, async ({ sql }) => {
      const [row] = await sql`select revoked_at::text as at from shares where share_id = 'revoked'`;
      return row!.at;
    });
  const first = await at();
  await revoke("revoked");
  assert.is(await at(), first);
  assert.is((await store.getShare("acme", "revoked"))?.revoked, true);
});

test("a link that does not exist, or is another tenant's, cannot be revoked", async () => {
  await create({ shareId: "mine" });
  for (const work of [revoke("none"), revoke("mine", "bolt")]) {
    const refusal = await refusalOf(work);
    assert.is(refusal.reason, "NOT_FOUND");
    assert.match(refusal.body.message, "link");
  }
  assert.is((await store.getShare("acme", "mine"))?.revoked, false);
});

test.run();
