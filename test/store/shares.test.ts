import * as assert from "uvu/assert";
import type { ShareCreate } from "../../src/store/shares.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: shares");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const call = { tenant: "acme", method: "Share", key: undefined, fingerprint: "" };
const share: ShareCreate = {
  shareId: "s1",
  dashboardId: "ops",
  version: undefined,
  filtersJson: '{"region":"IN"}',
  expiresAtMs: 1_900_000_000_123,
  createdBy: "ann",
};

const create = (more: Partial<ShareCreate>) =>
  store.once(call, async (tx) => {
    await tx.createShare({ ...share, ...more });
    return new Uint8Array();
  });

await store.once(call, async (tx) => {
  await tx.saveDefinition({
    dashboardId: "ops",
    json: "{}",
    digest: "d",
    title: "",
    author: "",
    expectedVersion: undefined,
  });
  return new Uint8Array();
});

test("a link is found as it was made, by its tenant only", async () => {
  await create({});
  const { createdBy: _, ...kept } = share;
  assert.equal(await store.getShare("acme", "s1"), { ...kept, revoked: false });
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

test("a revoked link says so", async () => {
  await create({ shareId: "revoked" });
  await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`update shares set revoked_at = now() where share_id = 'revoked'`,
  );
  assert.is((await store.getShare("acme", "revoked"))?.revoked, true);
});

test.run();
