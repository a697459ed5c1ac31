import * as assert from "uvu/assert";
import type { DefinitionsWanted } from "../../src/store/definition-list.ts";
import type { SharesWanted } from "../../src/store/share-list.ts";
import { suite } from "../harness.ts";
import { change, definition, draft } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";

const test = suite("store: lists");
const database = await createTestDatabase();
const store = await database.openStore();
test.after(() => store.close());

const save = (dashboardId: string, content: string, tenant = "acme") =>
  change(store, tenant, (tx) => tx.saveDefinition(definition(dashboardId, content, { title: `Title of ${content}` })));

// The order of bytes, which is neither that of the alphabet nor that of saving.
const active = ["0z", "Z", "a", "a-b", "aB", "a_b", "ab", "b"];
for (const id of active.toReversed()) await save(id, "v1");
await save("a", "v2");
await change(store, "acme", (tx) => tx.saveDraft(draft("a", "draft of a")));
await change(store, "acme", (tx) => tx.saveDraft(draft("a", "draft of a, again")));
await change(store, "acme", (tx) => tx.saveDraft(draft("aa", "only a draft", { title: "Begun" })));
for (const id of ["a0", "zz"]) {
  await save(id, "v1");
  await change(store, "acme", (tx) => tx.archiveDefinition({ dashboardId: id, expectedVersion: undefined }));
}
await save("c", "v1", "bolt");

const list = (more: Partial<DefinitionsWanted> = {}) =>
  store.listDefinitions("acme", { status: undefined, prefix: "", after: undefined, limit: 100, ...more });
const idsOf = async (more: Partial<DefinitionsWanted> = {}) => (await list(more)).map(({ dashboardId }) => dashboardId);
const live = [...active, "aa"].toSorted();

test("dashboards come in the order of their ids' bytes, active ones and drafts, of the tenant only", async () => {
  assert.equal(await idsOf(), live);
  assert.equal(await idsOf({ status: "active" }), active);
  assert.equal(await idsOf({ status: "draft" }), ["aa"]);
  assert.equal(await idsOf({ status: "archived" }), ["a0", "zz"]);
});

test("a dashboard is listed with what it is now", async () => {
  const found = new Map((await list()).map(({ updateTimeMs, ...facts }) => [facts.dashboardId, facts]));
  const a = { dashboardId: "a", title: "Title of v2", status: "active", version: 2, revision: 2 };
  assert.equal(found.get("a"), a);
  assert.equal(found.get("aa"), { dashboardId: "aa", title: "Begun", status: "draft", version: 0, revision: 1 });
  assert.equal(found.get("b"), { ...a, dashboardId: "b", title: "Title of v1", version: 1, revision: 0 });
  const [archived] = await list({ status: "archived" });
  assert.is(archived?.status, "archived");
});

test("a dashboard was updated when a version or its draft was last saved, and not when it was archived", async () => {
  const id = "timed";
  const updated = async (status?: "archived") => {
    const [only] = await store.listDefinitions("coda", { status, prefix: id, after: undefined, limit: 1 });
    return only!.updateTimeMs;
  };
  const backdate = () =>
    onConnection(
      database.superuserUrl,
      ({ sql }) => sql`update definitions set updated_at = 'epoch' where dashboard_id = ${id}`,
    );
  await save(id, "v1", "coda");
  for (const work of [
    () => save(id, "v2", "coda"),
    () => change(store, "coda", (tx) => tx.saveDraft(draft(id, "d"))),
    () => change(store, "coda", (tx) => tx.archiveDefinition({ dashboardId: id, expectedVersion: undefined })),
  ]) {
    await backdate();
    await work();
    const archived = (await store.getActiveVersion("coda", id)) === undefined;
    const updateTimeMs = await updated(archived ? "archived" : undefined);
    assert.ok(archived ? updateTimeMs === 0 : Math.abs(updateTimeMs - Date.now()) < 60_000);
  }
});

test("pages meet without a gap and without a dashboard twice", async () => {
  for (const limit of [1, 2, 3]) {
    const seen: string[] = [];
    for (let page = await idsOf({ limit }); page.length > 0; page = await idsOf({ limit, after: seen.at(-1) })) {
      seen.push(...page);
    }
    assert.equal(seen, live);
  }
});

test("a prefix is taken as it is, and may be a whole id", async () => {
  assert.equal(await idsOf({ prefix: "a" }), ["a", "a-b", "aB", "a_b", "aa", "ab"]);
  assert.equal(await idsOf({ prefix: "a_" }), ["a_b"]);
  assert.equal(await idsOf({ prefix: "a", after: "aB", limit: 2 }), ["a_b", "aa"]);
  assert.equal(await idsOf({ prefix: "zz" }), []);
  assert.equal(await idsOf({ prefix: "a", status: "archived" }), ["a0"]);
});

test("versions come newest first, page by page, without their content", async () => {
  for (const content of ["v1", "v2", "v3", "v4", "v5"]) await save("history", content);
  const first = await store.listVersions("acme", "history", { before: undefined, limit: 2 });
  const { createTimeMs, ...fifth } = first[0]!;
  assert.equal(fifth, { version: 5, author: "ann", digest: "digest of v5", note: "why" });
  assert.ok(Math.abs(createTimeMs - Date.now()) < 60_000);
  const rest = await store.listVersions("acme", "history", { before: first.at(-1)!.version, limit: 10 });
  assert.equal(
    [...first, ...rest].map(({ version }) => version),
    [5, 4, 3, 2, 1],
  );
});

test("an unknown dashboard, and another tenant's, has no versions", async () => {
  for (const [tenant, id] of [["acme", "unknown"] as const, ["bolt", "history"] as const]) {
    assert.equal(await store.listVersions(tenant, id, { before: undefined, limit: 10 }), []);
  }
});

const hour = 3_600_000;
const share = (shareId: string, dashboardId: string, expiresAtMs = Date.now() + hour, version?: number) =>
  change(store, "acme", (tx) =>
    tx.createShare({
      shareId,
      dashboardId,
      version,
      filtersJson: '{"region":"IN"}',
      viewerFilters: ["plan"],
      frameAncestors: ["https://example.com"],
      expiresAtMs,
      createdBy: "ann",
    }),
  );
const listShares = (more: Partial<SharesWanted> = {}) =>
  store.listShares("acme", { dashboardId: undefined, after: undefined, limit: 100, ...more });

test("links that work are listed, the newest first, of one dashboard or of all", async () => {
  await share("first", "a", 4_000_000_000_123, 2);
  await share("second", "b");
  await share("expired", "a", Date.now() - 1000);
  await share("revoked", "a");
  await change(store, "acme", (tx) => tx.revokeShare("revoked"));
  const all = await listShares();
  assert.equal(
    all.map(({ shareId }) => shareId),
    ["second", "first"],
  );
  const [only, ...others] = await listShares({ dashboardId: "a" });
  assert.is(others.length, 0);
  const { createTimeMs, createTimeKey, ...facts } = only!;
  assert.equal(facts, {
    shareId: "first",
    dashboardId: "a",
    version: 2,
    filtersJson: '{"region":"IN"}',
    viewerFilters: ["plan"],
    frameAncestors: ["https://example.com"],
    expiresAtMs: 4_000_000_000_123,
    createdBy: "ann",
    opens: 0,
    lastOpenedAtMs: undefined,
    snapshot: false,
  });
  assert.ok(Math.abs(createTimeMs - Date.now()) < 60_000);
  assert.is(Math.floor(Number(createTimeKey) / 1000), createTimeMs);
  assert.is(all[0]?.version, undefined);
  assert.equal(await store.listShares("bolt", { dashboardId: undefined, after: undefined, limit: 9 }), []);
});

test("pages of links made in the same millisecond, or microsecond, meet without a gap", async () => {
  await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`
      insert into shares (tenant_id, share_id, dashboard_id, filters, expires_at, created_by, created_at)
      select 'acme', 'tied_' || i, 'ab', '{}', '2100-01-01', 'ann',
        '2026-01-02 03:04:05.678901+00'::timestamptz + i % 7 * interval '1 us'
      from generate_series(1, 50) i`,
  );
  const whole = (await listShares({ dashboardId: "ab" })).map(({ shareId }) => shareId);
  assert.is(new Set(whole).size, 50);
  for (const limit of [1, 3]) {
    const seen: string[] = [];
    let page = await listShares({ dashboardId: "ab", limit });
    while (page.length > 0) {
      seen.push(...page.map(({ shareId }) => shareId));
      page = await listShares({ dashboardId: "ab", limit, after: page.at(-1) });
    }
    assert.equal(seen, whole);
  }
});

test.run();
