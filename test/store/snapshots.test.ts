import * as assert from "uvu/assert";
import { createPool } from "../../src/store/pool.ts";
import type { ShareCreate } from "../../src/store/shares.ts";
import { sweepEndedLinks } from "../../src/store/sweep.ts";
import { suite } from "../harness.ts";
import { change, definition } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { createPreviousReplica } from "./previous-release.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: snapshots of links");
const database = await createTestDatabase();
const store = await database.openStore();
const pool = createPool(database.url, { session: true });
test.after(async () => {
  await store.close();
  await pool.close();
});

const bytes = (length: number, letter = "x") => new TextEncoder().encode(letter.repeat(length));
const soonMs = Date.now() + 3_600_000;

const share = (shareId: string, snapshot: Uint8Array | undefined, more: Partial<ShareCreate> = {}, tenant = "acme") =>
  change(store, tenant, (tx) =>
    tx.createShare({
      ...{ shareId, dashboardId: "ops", version: 1, filtersJson: "{}", viewerFilters: [], frameAncestors: [] },
      ...{ expiresAtMs: soonMs, createdBy: "ann", snapshot, ...more },
    }),
  );

const ask = (query: string) =>
  onConnection(database.superuserUrl, async ({ sql }) => [...(await sql.unsafe<Record<string, unknown>[]>(query))]);
const storedBytes = async (tenant = "acme") =>
  (await ask(`select sum(stored_bytes)::int as bytes from definitions where tenant_id = '${tenant}'`))[0]!.bytes;

for (const tenant of ["acme", "bolt"]) await change(store, tenant, (tx) => tx.saveDefinition(definition("ops", "{}")));
const content = Number(await storedBytes());

test("what a link shows for ever is kept byte for byte, for its tenant only, and told in the lists", async () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  await share("bytes", all);
  await share("live", undefined);
  assert.equal([...(await store.getSnapshot("acme", "bytes"))!], [...all]);
  for (const [tenant, id] of [
    ["bolt", "bytes"],
    ["acme", "live"],
    ["acme", "none"],
  ] as const) {
    assert.is(await store.getSnapshot(tenant, id), undefined, `${tenant} ${id}`);
  }
  assert.equal(await Promise.all(["bytes", "live"].map(async (id) => (await store.getShare("acme", id))?.snapshot)), [
    true,
    false,
  ]);
  const listed = await store.listShares("acme", { dashboardId: "ops", after: undefined, limit: 9 });
  assert.equal(Object.fromEntries(listed.map(({ shareId, snapshot }) => [shareId, snapshot])), {
    bytes: true,
    live: false,
  });
  assert.is(await storedBytes(), content + 256);
});

test("revoking deletes it, and gives its bytes back", async () => {
  await share("gone", bytes(1_000));
  assert.is(await storedBytes(), content + 1_256);
  for (let times = 0; times < 2; times += 1) {
    await change(store, "acme", (tx) => tx.revokeShare("gone"));
    assert.is(await storedBytes(), content + 256);
  }
  assert.is(await store.getSnapshot("acme", "gone"), undefined);
  assert.equal((await store.getShare("acme", "gone"))?.snapshot, true);
});

test("its bytes count, side by side too: what is too much is refused, and leaves neither link nor bytes", async () => {
  await ask(`insert into tenants (tenant_id, limits) values ('bolt', '{"bytes": ${content + 250}}')`);
  const made = await Promise.allSettled([1, 2, 3, 4, 5].map((i) => share(`b${i}`, bytes(100), {}, "bolt")));
  assert.is(made.filter(({ status }) => status === "fulfilled").length, 2);
  const { reason, body } = await refusalOf(share("more", bytes(100), {}, "bolt"));
  assert.is(reason, "QUOTA_EXCEEDED");
  assert.match(body.message, /revoke links with a snapshot/);
  assert.is(await store.getShare("bolt", "more"), undefined);
  assert.is(await storedBytes("bolt"), content + 200);
  const [kept] = await ask("select count(*)::int as count from share_snapshots where tenant_id = 'bolt'");
  assert.is(kept!.count, 2);
  const [ok] = await ask("select share_id from share_snapshots where tenant_id = 'bolt' limit 1");
  await change(store, "bolt", (tx) => tx.revokeShare(String(ok!.share_id)));
  await share("again", bytes(100), {}, "bolt");
});

test("the sweep deletes those of links that have ended, whoever ended them, and leaves the links for their 90 days", async () => {
  await share("expired", bytes(10), { expiresAtMs: Date.now() - 60_000 });
  await share("revoked by the release before", bytes(20));
  await share("old", bytes(30), { expiresAtMs: Date.now() - 91 * 86_400_000 });
  await ask("update shares set revoked_at = now() where share_id = 'revoked by the release before'");
  assert.equal(await sweepEndedLinks(pool, ""), { swept: 4, after: "" });
  const left = await ask("select share_id from share_snapshots where tenant_id = 'acme'");
  assert.equal(
    left.map(({ share_id }) => share_id),
    ["bytes"],
  );
  assert.is(await storedBytes(), content + 256);
  assert.ok(await store.getShare("acme", "expired"));
  assert.is(await store.getShare("acme", "old"), undefined);
  assert.equal(await sweepEndedLinks(pool, ""), { swept: 0, after: "" });
});

test("to the releases before such a link is not there, where they would show today's data", async () => {
  await onConnection(database.url, async (connection) => {
    const old = createPreviousReplica(connection, "acme");
    assert.is(await old.getShare("bytes"), undefined);
    assert.ok(await old.getShare("live"));
    const { sql } = connection;
    assert.is((await sql`select * from get_share_2('acme', 'bytes')`).length, 0);
    assert.is((await sql`select * from get_share_2('acme', 'live')`).length, 1);
  });
});

test("nobody changes what is kept", async () => {
  const code = await onConnection(database.url, async ({ sql }) => {
    await sql`begin`;
    await sql`select enter_tenant('acme')`;
    return sql`update share_snapshots set content = ''`.then(
      () => "none",
      (error) => error.code,
    );
  });
  assert.is(code, "42501");
});

test.run();
