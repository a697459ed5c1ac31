import { fromBinary } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { SaveDefinitionResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { savedAnswer } from "../../src/rpc/saved-answer.ts";
import { type Call, createTurns } from "../../src/store/call.ts";
import type { DefinitionSave } from "../../src/store/definitions.ts";
import { createPool } from "../../src/store/pool.ts";
import { createSaveOnce } from "../../src/store/save-once.ts";
import type { Store } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { actor, change, definition, draft } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: a save once");
const database = await createTestDatabase();
const asSuperuser = (statement: string) =>
  onConnection(database.superuserUrl, async ({ sql }) => [...(await sql.unsafe(statement))]);
// A database may have another default: what is prepared here must hold in READ COMMITTED only.
await asSuperuser(`do $$ begin execute format(
  'alter database %I set default_transaction_isolation = ''repeatable read''', current_database()); end $$`);
const store = await database.openStore();
const other = await database.openStore();
const pooled = createPool(database.url, { session: false });
test.after(async () => {
  await pooled.close();
  await store.close();
  await other.close();
});

/** Stores of two processes, and one behind a pooler. */
const processes: readonly Pick<Store, "saveOnce">[] = [store, other, { saveOnce: createSaveOnce(createTurns(pooled)) }];

let calls = 0;

/** Saves as a tenant, with a key of its own unless told, and tells what was answered. */
async function save(
  tenant: string,
  what: DefinitionSave,
  { by = store, ...more }: Partial<Call> & { readonly by?: Pick<Store, "saveOnce"> } = {},
) {
  calls += 1;
  const call = { tenant, method: "SaveDefinition", actor, key: `key ${calls}`, fingerprint: what.digest, ...more };
  const bytes = await by.saveOnce(call, what, savedAnswer(what.dashboardId));
  const { dashboardId, status, version, revision } = fromBinary(SaveDefinitionResponseSchema, bytes);
  assert.equal([dashboardId, status, revision], [what.dashboardId, "active", 0]);
  return version;
}

const reasonOf = async (work: Promise<unknown>) => (await refusalOf(work)).reason;

/** What there is of a tenant: versions, their numbers the last one's; entries in the log; answers. */
async function rowsOf(tenant: string) {
  const [row] = await asSuperuser(`select
    (select count(*)::int from versions where tenant_id = '${tenant}') as versions,
    (select coalesce(sum(current_version), 0)::int from definitions where tenant_id = '${tenant}') as active,
    (select count(*)::int from audit_log where tenant_id = '${tenant}') as entries,
    (select count(*)::int from idempotency_keys where tenant_id = '${tenant}') as answers`);
  return Object.values(row!);
}

const setTenant = (tenant: string, limits: string, suspendedAt: string) =>
  asSuperuser(`insert into tenants values ('${tenant}', '${limits}', ${suspendedAt})
    on conflict (tenant_id) do update set limits = excluded.limits, suspended_at = excluded.suspended_at`);

test("a save is a version, an entry in the log and an answer, and its repetition is none", async () => {
  for (const [at, by] of processes.entries()) {
    const tenant = `each-${at}`;
    assert.is(await save(tenant, definition("ops", "a"), { key: "1", by }), 1);
    assert.is(await save(tenant, definition("ops", "b"), { key: "2", by }), 2);
    for (const again of processes) assert.is(await save(tenant, definition("ops", "a"), { key: "1", by: again }), 1);
    assert.equal(await rowsOf(tenant), [2, 2, 2, 2]);
    const stored = (await store.getVersion(tenant, "ops", undefined))!;
    assert.equal([stored.json, stored.author, stored.note, stored.digest], ["b", "ann", "why", "digest of b"]);
    const [entry] = await asSuperuser(`select action, kind, name, version, changed, subject, subject_tenant, request_id
      from audit_log where tenant_id = '${tenant}' order by at desc`);
    assert.equal(Object.values(entry!), ["save", "definition", "ops", 2, true, "ann", "acme", "r"]);
  }
});

test("without a key it is saved every time, and nothing is kept", async () => {
  for (const content of ["a", "b"]) await save("keyless", definition("ops", content), { key: undefined });
  assert.equal(await rowsOf("keyless"), [2, 2, 2, 0]);
});

test("a version of any size is answered", async () => {
  for (const last of [126, 127, 128, 16_383, 2_097_151, 268_435_455, 2_147_483_646]) {
    const id = `v${last}`;
    await save("large", definition(id, "a"));
    await asSuperuser(`update definitions set current_version = ${last} where dashboard_id = '${id}'`);
    assert.is(await save("large", definition(id, "b"), { key: id }), last + 1);
    assert.is(await save("large", definition(id, "b"), { key: id }), last + 1);
  }
});

test("equal content adds no version, and the log says so", async () => {
  assert.is(await save("equal", definition("ops", "a")), 1);
  assert.is(await save("equal", definition("ops", "a")), 1);
  assert.equal(await rowsOf("equal"), [1, 1, 2, 2]);
  const changed = await asSuperuser("select changed from audit_log where tenant_id = 'equal' order by at");
  assert.equal(
    changed.map((row) => row.changed),
    [true, false],
  );
});

test("an archived dashboard is in use again, and a draft stays", async () => {
  for (const content of ["a", "b"]) {
    await save("again", definition(content, "a"));
    await change(store, "again", (tx) => tx.archiveDefinition({ dashboardId: content, expectedVersion: undefined }));
    const version = await save("again", definition(content, content));
    assert.is(await store.getActiveVersion("again", content), version);
  }
  await change(store, "again", (tx) => tx.saveDraft(draft("begun", "draft")));
  assert.is(await save("again", definition("begun", "saved", { expectedVersion: 0 })), 1);
  assert.is((await store.getDraft("again", "begun"))?.json, "draft");
});

test("another version than expected is refused, nothing is left of it, and the key can be used again", async () => {
  const expecting = (expectedVersion: number) => definition("ops", "b", { expectedVersion });
  for (const by of processes) {
    assert.is(await reasonOf(save("stale", expecting(1), { key: "k", by })), "STALE_VERSION");
    assert.equal(await rowsOf("stale"), [0, 0, 0, 0]);
  }
  await save("stale", definition("ops", "a"));
  for (const expected of [0, 2]) {
    assert.is(await reasonOf(save("stale", expecting(expected), { key: "k" })), "STALE_VERSION");
  }
  assert.equal(await rowsOf("stale"), [1, 1, 1, 1]);
  assert.is(await save("stale", expecting(1), { key: "k" }), 2);
});

test("a key of another request is refused, whichever way that was made, and belongs to a method", async () => {
  await save("reused", definition("ops", "a"), { key: "k" });
  const drafted = { tenant: "reused", method: "SaveDefinition", actor, key: "d", fingerprint: "f" };
  await store.once(drafted, async (tx) => {
    await tx.saveDraft(draft("ops", "draft"));
    return new Uint8Array([1]);
  });
  for (const key of ["k", "d"]) {
    assert.is(await reasonOf(save("reused", definition("ops", "b"), { key })), "REQUEST_ID_REUSED");
  }
  const isSame = (kept: string) => kept === "digest of a";
  assert.is(await save("reused", definition("ops", "b"), { key: "k", isSame }), 1);
  assert.is(await save("reused", definition("ops", "b"), { key: "k", method: "Another" }), 2);
});

test("50 duplicates at once, in three processes and both ways, are one version and one answer", async () => {
  const what = definition("ops", "a");
  const call = { tenant: "burst", method: "SaveDefinition", actor, key: "k", fingerprint: what.digest };
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => {
      const by = processes[i % 3]!;
      if (i % 5 > 0) return by.saveOnce(call, what, savedAnswer("ops"));
      return other.once(call, async (tx) => {
        const { version } = await tx.saveDefinition(what);
        return Uint8Array.of(...savedAnswer("ops"), version);
      });
    }),
  );
  assert.is(new Set(answers.map((answer) => Buffer.from(answer).toString("hex"))).size, 1);
  assert.equal(await rowsOf("burst"), [1, 1, 1, 1]);
});

test("saves at once of one dashboard are versions without a gap, and of those that expect the same, one wins", async () => {
  const atOnce = (expectedVersion: number | undefined) =>
    Promise.allSettled(
      Array.from({ length: 21 }, (_, i) =>
        save("raced", definition("ops", `${expectedVersion} ${i}`, { expectedVersion }), { by: processes[i % 3]! }),
      ),
    );
  const versions = (await atOnce(undefined)).map((each) => (each.status === "fulfilled" ? each.value : each.reason));
  assert.equal(
    versions.toSorted((a, b) => a - b),
    Array.from({ length: 21 }, (_, i) => i + 1),
  );
  const won = (await atOnce(21)).flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  assert.equal(won, [22]);
  assert.equal(await rowsOf("raced"), [22, 22, 22, 22]);
});

test("a duplicate waits 2 s for the first one, then it is told to come back", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const call = { tenant: "slow", method: "SaveDefinition", actor, key: "k", fingerprint: "digest of a" };
  const holder = store.once(call, async () => {
    started.resolve();
    await gate.promise;
    return savedAnswer("ops");
  });
  await started.promise;
  const begun = performance.now();
  const reasons = await Promise.all(
    processes.map((by) => reasonOf(save("slow", definition("ops", "a"), { key: "k", by }))),
  );
  const waitedMs = performance.now() - begun;
  gate.resolve();
  assert.equal(
    reasons,
    processes.map(() => "IDEMPOTENCY_IN_FLIGHT"),
  );
  assert.ok(waitedMs > 1900 && waitedMs < 2800, `waited ${waitedMs} ms`);
  await holder;
});

test("an answer that has expired gives way, and lasts 24 hours again", async () => {
  await save("expired", definition("ops", "a"), { key: "k" });
  await asSuperuser("update idempotency_keys set expires_at = now() - interval '1 second' where tenant_id = 'expired'");
  for (const _ of [1, 2]) assert.is(await save("expired", definition("ops", "b"), { key: "k" }), 2);
  const [row] = await asSuperuser(`select extract(epoch from expires_at - now()) / 3600 as hours
    from idempotency_keys where tenant_id = 'expired'`);
  const hours = Number(row!.hours);
  assert.ok(hours > 23.9 && hours <= 24, `${hours} h`);
});

test("what is beyond a quota is refused and leaves nothing, also of many saves at once", async () => {
  await setTenant("full", '{"bytes": 1000, "dashboards": 1}', "null");
  const ofBytes = (id: string, bytes: number, letter: string) => definition(id, letter.repeat(bytes));
  assert.is(await save("full", ofBytes("ops", 400, "a")), 1);
  const refusals = [ofBytes("ops", 601, "b"), ofBytes("another", 1, "c")];
  for (const what of refusals) assert.is(await reasonOf(save("full", what, { key: "k" })), "QUOTA_EXCEEDED");
  assert.equal(await rowsOf("full"), [1, 1, 1, 1]);
  assert.is(await save("full", ofBytes("ops", 600, "d"), { key: "k" }), 2);

  await setTenant("near", '{"bytes": 1000}', "null");
  const ids = Array.from({ length: 10 }, (_, i) => `d${i}`);
  for (const id of ids) await save("near", ofBytes(id, 50, "a"));
  const raced = ids.map((id, i) => save("near", ofBytes(id, 100, "b"), { by: processes[i % 3]! }));
  const saved = (await Promise.allSettled(raced)).filter(({ status }) => status === "fulfilled");
  assert.is(saved.length, 5);
});

test("a suspended tenant is refused, the repetition of a call too", async () => {
  await save("idle", definition("ops", "a"), { key: "k" });
  await setTenant("idle", "{}", "now()");
  for (const key of ["k", "new", undefined]) {
    assert.is(await reasonOf(save("idle", definition("ops", "a"), { key })), "TENANT_SUSPENDED");
  }
  await setTenant("idle", "{}", "now() + interval '1 hour'");
  assert.is(await save("idle", definition("ops", "b")), 2);
});

const statement = (
  tenant: string,
  withinMs: number,
) => `select * from save_definition_once('${tenant}', 'SaveDefinition',
  'k', 'f', '\\x18', 2000, ${withinMs}, 'ann', null, null, 'ops', 'by hand', 'd', '', 'ann', '', null)`;

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error) => error.code,
  );

test("what is done when its caller has given up does not come about", async () => {
  await save("late", definition("ops", "a"));
  await onConnection(database.superuserUrl, async (holder) => {
    await holder.sql`begin`;
    await holder.sql`select from definitions where tenant_id = 'late' for update`;
    await onConnection(database.url, async ({ sql }) => {
      const late = codeOf(sql.unsafe(statement("late", 100)));
      await holder.sql`select pg_sleep(0.3)`;
      await holder.sql`commit`;
      assert.is(await late, "57014");
    });
  });
  assert.equal(await rowsOf("late"), [1, 1, 1, 1]);
});

test("it acts as the role that owns nothing, under row security, and only until it is done", async () => {
  await save("guarded", definition("ops", "a"));
  const guards = [
    "revoke insert on versions from dash_app",
    "alter policy versions_of_tenant on versions with check (false)",
    "alter policy audit_log_written on audit_log with check (false)",
    "alter policy idempotency_keys_of_tenant on idempotency_keys with check (false)",
    "alter policy definitions_of_tenant on definitions with check (false)",
  ];
  for (const guard of guards) {
    await onConnection(database.ownerUrl, async ({ sql }) => {
      await sql.unsafe("begin isolation level read committed");
      await sql.unsafe(guard);
      assert.is(await codeOf(sql.unsafe(statement("guarded", 5000))), "42501", guard);
      await sql.unsafe("rollback");
    });
  }
  await onConnection(database.superuserUrl, async ({ sql }) => {
    assert.is((await sql.unsafe(statement("guarded", 5000)))[0]!.outcome, "saved");
    const [left] =
      await sql`select current_user = session_user as role, current_setting('app.tenant_id', true) as tenant`;
    assert.equal({ ...left }, { role: true, tenant: "" });
  });
});

test.run();
