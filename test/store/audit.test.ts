import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { sweepAuditMonths } from "../../src/store/audit-months.ts";
import { createPool } from "../../src/store/pool.ts";
import { openStore } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { actor, change, definition, draft } from "./change.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: audit log");
const database = await createTestDatabase();
const store = await database.openStore();
const pool = createPool(database.url, { session: true });
test.after(async () => {
  await pool.close();
  await store.close();
});

const asSuperuser = <Row extends object = Record<string, unknown>>(statement: string) =>
  onConnection(database.superuserUrl, async ({ sql }) => [...(await sql.unsafe<Row[]>(statement))]);

/** What the log says of a tenant, the oldest first, in one line an entry. */
async function entriesOf(tenant: string): Promise<string[]> {
  const rows = await asSuperuser<{ line: string }>(`
    select concat_ws(' ', action, kind, name, coalesce(version::text, '-'), case when changed then '' else 'again' end)
      as line from audit_log where tenant_id = '${tenant}' order by at`);
  return rows.map(({ line }) => line.trim());
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error) => error.code,
  );

const expectedVersion = undefined;
const share = { version: undefined, filtersJson: "{}", viewerFilters: [], frameAncestors: [], createdBy: "ann" };
const connection = { kind: "http", settingsJson: "{}", secret: "sealed", author: "ann", expectedRevision: undefined };

test("everything that is done is told once, also where nothing new came of it", async () => {
  const restore = { dashboardId: "ops", version: 1, author: "ann", note: "", expectedVersion };
  const publish = { dashboardId: "ops", author: "ann", note: "", expectedVersion, expectedRevision: undefined };
  const steps: Parameters<typeof change>[2][] = [
    (tx) => tx.saveDefinition(definition("ops", '"a"')),
    (tx) => tx.saveDefinition(definition("ops", '"a"')),
    (tx) => tx.saveDraft(draft("ops", '"b"')),
    (tx) => tx.saveDraft(draft("ops", '"b"')),
    (tx) => tx.publishDraft(publish),
    (tx) => tx.restoreVersion({ ...restore, version: 2 }),
    (tx) => tx.restoreVersion(restore),
    (tx) => tx.archiveDefinition({ dashboardId: "ops", expectedVersion }),
    (tx) => tx.archiveDefinition({ dashboardId: "ops", expectedVersion }),
    (tx) => tx.saveDefinition(definition("ops", '"c"')),
    (tx) => tx.createShare({ ...share, shareId: "l", dashboardId: "ops", version: 2, expiresAtMs: 4e12 }),
    (tx) => tx.revokeShare("l"),
    (tx) => tx.revokeShare("l"),
    (tx) => tx.saveConnection({ ...connection, name: "w", check: () => {} }),
    (tx) => tx.saveConnection({ ...connection, name: "w", check: () => {} }),
    (tx) => tx.deleteConnection("w", "ann"),
  ];
  for (const step of steps) await change(store, "acme", step);
  assert.equal(await entriesOf("acme"), [
    "save definition ops 1",
    "save definition ops 1 again",
    "save_draft definition ops 1",
    "save_draft definition ops 1 again",
    "publish definition ops 2",
    "restore definition ops 2 again",
    "restore definition ops 3",
    "archive definition ops 3",
    "archive definition ops 3 again",
    "save definition ops 4",
    "share share l 2",
    "revoke share l -",
    "revoke share l - again",
    "save connection w 1",
    "save connection w 2",
    "delete connection w 2",
  ]);
});

test("an entry says who, for whom, when, and in which request", async () => {
  const by = { subject: "robot", subjectTenant: "platform", requestId: "r-17" };
  const call = { tenant: "bolt", method: "Save", actor: by, key: undefined, fingerprint: "" };
  await store.once(call, async (tx) => {
    await tx.saveDefinition(definition("ops", '"a"'));
    return new Uint8Array();
  });
  const [entry] =
    await asSuperuser(`select subject, subject_tenant, request_id, now() - at < interval '1 minute' as recent
    from audit_log where tenant_id = 'bolt'`);
  assert.equal({ ...entry }, { subject: "robot", subject_tenant: "platform", request_id: "r-17", recent: true });
});

test("a replay, a refusal and a failure write nothing", async () => {
  const save = (content: string, expected?: number) =>
    store.once({ tenant: "coda", method: "Save", actor, key: content, fingerprint: "" }, async (tx) => {
      await tx.saveDefinition(definition("ops", content, { expectedVersion: expected }));
      if (content === "fails") throw new Error("after the effect");
      return new Uint8Array([1]);
    });
  await save("a");
  await save("a");
  await refusalOf(save("b", 7));
  await refusalOf(save("fails"));
  assert.equal(await entriesOf("coda"), ["save definition ops 1"]);
});

test("what cannot be told is not done", async () => {
  await asSuperuser("alter table audit_log add constraint poison check (name <> 'poison')");
  const save = (key: string | undefined) =>
    store.once({ tenant: "dune", method: "Save", actor, key, fingerprint: "" }, async (tx) => {
      await tx.saveDefinition(definition("poison", "a"));
      return new Uint8Array();
    });
  for (const key of [undefined, "k"]) assert.is((await refusalOf(save(key))).reason, "INTERNAL");
  await asSuperuser("alter table audit_log drop constraint poison");
  assert.is(await store.getActiveVersion("dune", "poison"), undefined);
  await save("k");
  assert.equal(await entriesOf("dune"), ["save definition poison 1"]);
});

test("an entry can be neither changed nor deleted, in the log or in its month: by its role, its owner, a superuser", async () => {
  const [{ month }] = (await asSuperuser<{ month: string }>(
    `select tableoid::regclass as month from audit_log limit 1`,
  )) as [{ month: string }];
  assert.match(month, /^audit\.month_\d{4}_\d\d$/);
  for (const table of ["audit_log", month, "audit.rest"]) {
    for (const statement of [`update ${table} set subject = 'x'`, `delete from ${table}`, `truncate ${table}`]) {
      const byApp = onConnection(database.url, ({ sql }) => sql.unsafe(`set role dash_app; ${statement}`));
      assert.is(await codeOf(byApp), "42501", statement);
      const byOwner = onConnection(database.ownerUrl, ({ sql }) =>
        sql.unsafe(`set app.tenant_id = 'acme'; ${statement}`),
      );
      assert.is(await codeOf(byOwner), "23001", statement);
      assert.is(await codeOf(asSuperuser(statement)), "23001", statement);
    }
  }
  const direct = `set app.tenant_id = 'acme'; select from ${month}`;
  assert.is(await codeOf(onConnection(database.url, ({ sql }) => sql.unsafe(direct))), "42501");
  const [, rows] = await onConnection(database.ownerUrl, ({ sql }) => sql.unsafe(direct));
  assert.is((rows as unknown as readonly unknown[]).length, 0);
});

/** Writes as the superuser, whom row security does not keep from it, at another time than now. */
const writeAt = (at: string, name: string) =>
  asSuperuser(`insert into audit_log (tenant_id, at, subject, action, kind, name, changed)
    values ('eden', ${at}, 'ann', 'save', 'definition', '${name}', true)`);
const namesLeft = async () =>
  (await asSuperuser<{ name: string }>("select name from audit_log where tenant_id = 'eden' order by at")).map(
    ({ name }) => name,
  );
const months = async () =>
  (
    await asSuperuser(
      "select from pg_class where relnamespace = 'audit'::regnamespace and relkind = 'r' and relname <> 'rest'",
    )
  ).length;

/** Makes the partition of the month that was so many months ago, as the sweep did then. */
async function makeMonth(ago: number): Promise<void> {
  await asSuperuser(`do $$
    declare starts timestamptz := date_trunc('month', now() at time zone 'utc') at time zone 'utc' - interval '${ago} months';
    begin
      execute format('create table audit.%I partition of audit_log for values from (%L) to (%L)',
        to_char(starts at time zone 'utc', '"month_"YYYY_MM'), starts,
        (starts at time zone 'utc' + interval '1 month') at time zone 'utc');
      execute format('alter table audit.%I owner to ${new URL(database.ownerUrl).username}',
        to_char(starts at time zone 'utc', '"month_"YYYY_MM'));
    end $$`);
}

test("months are made ahead, and those that ended before what is to be kept are dropped whole", async () => {
  const before = await months();
  assert.is(before, 4, "this one and three to come");
  await makeMonth(3);
  await makeMonth(2);
  await makeMonth(1);
  await writeAt("now() - interval '3 months'", "three months old");
  await writeAt("now() - interval '2 months'", "two months old");
  await writeAt(
    "date_trunc('month', now() at time zone 'utc') at time zone 'utc' - interval '1 minute'",
    "of last month",
  );
  await writeAt("now()", "new");
  await sweepAuditMonths(pool, undefined);
  assert.is(await months(), before + 3);
  // The month before the last one ended more than a month ago, whichever day it is.
  await sweepAuditMonths(pool, 1);
  assert.equal(await namesLeft(), ["of last month", "new"]);
  assert.is(await months(), before + 1);
  await sweepAuditMonths(pool, 0);
  assert.equal(await namesLeft(), ["of last month", "new"], "no less than a month is kept, whatever is asked for");
});

test("what has no month is kept among the rest, for as long, and a month that it is of does without a partition", async () => {
  await writeAt("now() - interval '3 months'", "old");
  await writeAt("now() - interval '20 years'", "very old");
  await asSuperuser(`drop table ${(await lastMonth()).month}`);
  await writeAt(`'${(await lastMonth()).ends}'`, "to come");
  await sweepAuditMonths(pool, 13);
  assert.equal(await namesLeft(), ["old", "of last month", "new", "to come"]);
  await sweepAuditMonths(pool, 1);
  assert.equal(await namesLeft(), ["of last month", "new", "to come"]);
  assert.is(await codeOf(asSuperuser("set app.task = 'retention'; delete from audit_log")), "23001");
});

async function lastMonth(): Promise<{ month: string; ends: string }> {
  const [row] = await asSuperuser<{ month: string; ends: string }>(`
    select c.oid::regclass::text as month, substring(pg_get_expr(relpartbound, c.oid) from 'TO \\(''([^'']+)') as ends
    from pg_class c where relnamespace = 'audit'::regnamespace and relkind = 'r' and relname <> 'rest' order by relname desc limit 1`);
  return row!;
}

test("a sweep that would have to wait gives way, and saves go on meanwhile", async () => {
  await makeMonth(2);
  const { month } = await lastMonth();
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql.unsafe("begin");
    await sql.unsafe("lock table audit_log in access share mode");
    const sweep = sweepAuditMonths(pool, 1);
    await change(store, "eden", (tx) => tx.saveDefinition(definition("busy", "a")));
    assert.is((await refusalOf(sweep)).status, 409);
    await sql.unsafe("rollback");
  });
  await sweepAuditMonths(pool, 1);
  assert.is((await lastMonth()).month, month);
});

test("a service sweeps when it starts, and starts where it cannot", async () => {
  await makeMonth(2);
  const count = await months();
  const options = { url: database.url, migrateUrl: database.ownerUrl, dataDir: "", auditMonths: 1 };
  const lines: string[] = [];
  const log = createLog("warn", { write: (line) => lines.push(line) });
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql.unsafe("begin");
    await sql.unsafe("lock table audit_log in access share mode");
    await (await openStore({ ...options, log })).close();
    await sql.unsafe("rollback");
  });
  assert.match(lines.join(""), "the audit log's months could not be kept");
  assert.is(await months(), count);
  await (await openStore({ ...options, log })).close();
  assert.is(await months(), count - 1);
});

test("nobody else may call what makes and drops months", async () => {
  const [row] = await asSuperuser(`select has_function_privilege('public', 'add_audit_months(int)', 'execute')
    or has_function_privilege('public', 'drop_audit_months(int)', 'execute') as may`);
  assert.is(row!.may, false);
});

test.run();
