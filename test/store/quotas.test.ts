import * as assert from "uvu/assert";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: quotas");
const database = await createTestDatabase();
const stores = await Promise.all([database.openStore(), database.openStore()]);
test.after(async () => {
  for (const each of stores) await each.close();
});

const setLimits = (tenant: string, limits: unknown) =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql`
      insert into tenants (tenant_id, limits) values (${tenant}, ${JSON.stringify(limits)}::text::jsonb)
      on conflict (tenant_id) do update set limits = excluded.limits`,
  );

/** A content of so many bytes: a JSON text, as what is restored has to be one. */
const ofBytes = (bytes: number, letter: string) => JSON.stringify(letter.padEnd(bytes - 2, "."));

/** What is counted, beside what there is. */
const usageOf = (tenant: string) =>
  onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`
      select count(*)::int as dashboards, coalesce(sum(stored_bytes), 0)::int as counted,
        (select coalesce(sum(octet_length(content)), 0)::int from versions where tenant_id = ${tenant})
          + (select coalesce(sum(octet_length(content)), 0)::int from drafts where tenant_id = ${tenant}) as stored
      from definitions where tenant_id = ${tenant}`;
    return row as { dashboards: number; counted: number; stored: number };
  });

const as = (tenant: string) => ({
  do: <T>(effect: (tx: TenantTransaction) => Promise<T>, at = 0) => change(stores[at]!, tenant, effect),
  save(id: string, content: string, at = 0) {
    return this.do((tx) => tx.saveDefinition(definition(id, content)), at);
  },
  saveDraft(id: string, content: string) {
    return this.do((tx) => tx.saveDraft(draft(id, content)));
  },
  restore(dashboardId: string, version: number | undefined) {
    return this.do((tx) =>
      tx.restoreVersion({ dashboardId, version, author: "ann", note: "", expectedVersion: undefined }),
    );
  },
  publish(dashboardId: string) {
    const expected = { expectedVersion: undefined, expectedRevision: undefined };
    return this.do((tx) => tx.publishDraft({ dashboardId, author: "ann", note: "", ...expected }));
  },
});

const quotaMessage = async (work: Promise<unknown>) => {
  const { status, body } = await refusalOf(work);
  assert.equal([status, body.reason], [429, "QUOTA_EXCEEDED"]);
  return body.message;
};

test("the bytes of all versions and of the draft are counted, whatever is done to a dashboard", async () => {
  const acme = as("acme");
  const [first, second, third] = ['"content é"', '"another"', '"a longer draft"'] as const;
  await acme.save("a", first);
  await acme.save("a", first);
  await acme.save("a", second);
  await acme.saveDraft("a", "draft");
  await acme.saveDraft("a", third);
  await acme.saveDraft("b", third);
  await acme.restore("a", 1);
  const bytes = 2 * Buffer.byteLength(first) + second.length + 2 * third.length;
  assert.equal(await usageOf("acme"), { dashboards: 2, counted: bytes, stored: bytes });
  await acme.publish("a");
  await acme.publish("b");
  await acme.saveDraft("a", third);
  await acme.publish("a");
  await acme.do((tx) => tx.archiveDefinition({ dashboardId: "a", expectedVersion: undefined }));
  await acme.restore("a", undefined);
  assert.equal(await usageOf("acme"), { dashboards: 2, counted: bytes, stored: bytes });
});

test("one dashboard too many is refused, and those that are there go on, archived ones and drafts included", async () => {
  const bolt = as("bolt");
  await setLimits("bolt", { dashboards: 3 });
  await bolt.save("a", "1");
  await bolt.saveDraft("b", "1");
  await bolt.save("c", "1");
  await bolt.do((tx) => tx.archiveDefinition({ dashboardId: "c", expectedVersion: undefined }));
  for (const again of [() => bolt.save("d", "1"), () => bolt.saveDraft("d", "1")]) {
    assert.match(await quotaMessage(again()), /may have 3 dashboards, drafts and archived ones included: save under/);
  }
  assert.is((await usageOf("bolt")).dashboards, 3);
  await bolt.save("a", "2");
  await bolt.publish("b");
  await bolt.save("c", "2");
  await setLimits("bolt", { dashboards: 1 });
  await bolt.save("c", "3");
  await as("coda").save("d", "1");
});

test("40 new dashboards at once, of two replicas, are exactly as many as there may be", async () => {
  const dune = as("dune");
  await setLimits("dune", { dashboards: 10 });
  const results = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => dune.save(`d${i}`, "1", i % 2)));
  assert.is(results.filter(({ status }) => status === "fulfilled").length, 10);
  assert.is((await usageOf("dune")).dashboards, 10);
});

test("bytes beyond the quota are refused, side by side too, and what adds none is not", async () => {
  const echo = as("echo");
  await setLimits("echo", { bytes: 1000 });
  await echo.save("a", ofBytes(300, "x"));
  await echo.saveDraft("a", ofBytes(300, "y"));
  for (let i = 0; i < 10; i += 1) await echo.save(`b${i}`, ofBytes(10, "z"));
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => echo.save(`b${i % 10}`, ofBytes(100, `${i}`), i % 2)),
  );
  assert.is(results.filter(({ status }) => status === "fulfilled").length, 3);
  assert.is((await usageOf("echo")).counted, 1000);
  const told = /may keep 1000 bytes of definitions, all versions, drafts and links' snapshots included: revoke/;
  assert.match(await quotaMessage(echo.save("a", "!")), told);
  assert.match(await quotaMessage(echo.saveDraft("a", ofBytes(301, "y"))), told);
  await echo.save("a", ofBytes(300, "x"));
  await echo.saveDraft("a", ofBytes(300, "z"));
  await echo.publish("a");
  assert.match(await quotaMessage(echo.restore("a", 1)), told);
  assert.is((await usageOf("echo")).counted, 1000);
});

test("without a word of the operator there may be 1000 dashboards and 1 GiB, and what is no number is no word", async () => {
  for (const limits of [{}, { dashboards: "7", bytes: null }, { dashboards: 1e40 }]) {
    await setLimits("fern", limits);
    const [row] = await onConnection(
      database.superuserUrl,
      ({ sql }) => sql`select dashboards::float8, bytes::float8 from quotas_of('fern')`,
    );
    assert.equal(
      { ...row },
      { dashboards: "dashboards" in limits && limits.dashboards === 1e40 ? 1e15 : 1000, bytes: 2 ** 30 },
    );
  }
});

test.run();
