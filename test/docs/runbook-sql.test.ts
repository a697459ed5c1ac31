import { randomBytes } from "node:crypto";
import * as assert from "uvu/assert";
import { runTenantCommand } from "../../src/command/tenant-command.ts";
import { createLog } from "../../src/log/log.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/store.ts";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";
import { suite } from "../harness.ts";
import { definition } from "../store/change.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";
import { parseSections, readDocument } from "./markdown.ts";

/** The statements that docs/runbook.md gives an operator, run as they stand there, under names of the test's own. */
const test = suite("SQL of docs/runbook.md");

const sections = parseSections(readDocument("docs/runbook.md"));
const { superuserUrl } = await createTestDatabase();
const suffix = randomBytes(4).toString("hex");

const names: Record<string, string> = {
  dashboards: `runbook_${suffix}`,
  dashboards_owner: `runbook_owner_${suffix}`,
  dashboards_service: `runbook_service_${suffix}`,
  dashboards_backup: `runbook_backup_${suffix}`,
  dashboards_reader: `runbook_reader_${suffix}`,
};

const ownerUrl = urlOf("dashboards_owner", "change-me-1");
const url = urlOf("dashboards_service", "change-me-2");

test("a database that is set up as the runbook says is one that the service takes, and a tenant can be suspended", async () => {
  // A database of the test's server has these roles already.
  await run(superuserUrl, blockOf("The first start", 0).replace(/^create role dash_\w+ .*$/gm, ""));
  await migrateDatabase(ownerUrl);
  const store = await openStore({ url, migrateUrl: ownerUrl, dataDir: "", log: createLog("silent") });
  try {
    assert.is(await store.isSuspended("acme"), false);
    await tenant("suspend", "acme");
    assert.is(await store.isSuspended("acme"), true);
    assert.is(await store.isSuspended("globex"), false);
    await tenant("resume", "acme");
    assert.is(await store.isSuspended("acme"), false);
    await run(
      superuserUrl.replace(/\/[^/]*$/, `/${names.dashboards}`),
      "insert into tenants values ('initech', '{}', '2026-01-01')",
    );
    assert.equal(await tenant("purge", "initech", "--yes-delete-everything-of", "initech"), "initech is purged");
  } finally {
    await store.close();
  }
});

test("the audit log tells what happened to a dashboard, who has it seen by links, and what one caller did", async () => {
  const store = await openStore({ url, migrateUrl: ownerUrl, dataDir: "", log: createLog("silent") });
  const call = { tenant: "acme", method: "Save", key: undefined, fingerprint: "" };
  const as = (subject: string, subjectTenant: string, effect: (tx: TenantTransaction) => Promise<unknown>) =>
    store.once({ ...call, actor: { subject, subjectTenant, requestId: "r-1" } }, async (tx) => {
      await effect(tx);
      return new Uint8Array();
    });
  const share = { dashboardId: "ops_overview", version: undefined, filtersJson: "{}", createdBy: "ann" };
  const open = { viewerFilters: [], frameAncestors: [], expiresAtMs: 4e12 };
  try {
    await as("ann", "acme", (tx) => tx.saveDefinition(definition("ops_overview", "a")));
    await as("ann", "acme", (tx) => tx.createShare({ ...share, ...open, shareId: "l" }));
    await as("robot", "platform", (tx) => tx.saveDefinition(definition("other", "a")));
  } finally {
    await store.close();
  }
  const [ofDashboard, ofLinks] = await selected(ownerUrl, blockOf("The audit log", 0));
  assert.equal(
    ofDashboard!.map(({ action, version, subject, request_id }) => [action, version, subject, request_id]),
    [["save", 1, "ann", "r-1"]],
  );
  assert.equal(
    ofLinks!.map(({ action, name, subject }) => [action, name, subject]),
    [["share", "l", "ann"]],
  );
  const [ofAnn, ofServices] = await selected(ownerUrl, blockOf("The audit log", 1));
  assert.equal(
    ofAnn!.map(({ kind, name }) => `${kind} ${name}`),
    ["share l", "definition ops_overview"],
  );
  assert.equal(
    ofServices!.map(({ subject, name }) => `${subject} ${name}`),
    ["robot other"],
  );
});

test("the role for backups reads every row, which the owner cannot", async () => {
  await run(superuserUrl, blockOf("Backup", 0));
  const count = (from: string) =>
    onConnection(from, async ({ sql }) => Number((await sql`select count(*) as count from tenants`)[0]!.count));
  assert.is(await count(urlOf("dashboards_backup", "change-me-3")), 1);
  assert.is(await count(ownerUrl), 0);
});

test("the role for dashboards reads the schema, and may call nothing that reaches beyond it", async () => {
  const { superuserUrl: admin } = await createTestDatabase();
  const within = (statement: string) => onConnection(admin, ({ sql }) => sql.unsafe(statement));
  const asReader = async (statement: string) => {
    const login = { username: names.dashboards_reader, password: "change-me-4" };
    const result = await onConnection(Object.assign(new URL(admin), login).href, async ({ sql }) => {
      try {
        return (await sql.unsafe(statement)).length;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    return result;
  };
  const count = "select count(*) from orders";
  await within("create schema reporting; create table reporting.orders as select 1 as id; create sequence numbers");
  await run(admin, blockOf("A role for dashboards", 0));
  assert.is(await asReader(count), 1);
  const beyond = [
    ...["set_config('statement_timeout', '0', false)", "pg_advisory_lock(1)", "pg_try_advisory_xact_lock_shared(1)"],
    ...["pg_sleep(0)", "pg_sleep_for('0')", "pg_terminate_backend(1)", "pg_cancel_backend(1)", "lo_create(0)"],
    ...["query_to_xml('select 1', true, true, '')", "ts_stat('select 1')", "nextval('public.numbers')"],
    ...["pg_notify('a', 'b')", "pg_export_snapshot()"],
  ];
  assert.is(await asReader("select pg_sleep(0)"), 1, "before, everybody may");
  await within(blockOf("A role for dashboards", 1));
  for (const call of beyond) assert.is(await asReader(`select ${call}`), "42501", call);
  for (const statement of [
    "select * from pg_stat_activity",
    "select * from pg_settings",
    "begin; set transaction read write; create temporary table t (id int)",
    "begin; set transaction read write; insert into orders values (2)",
  ]) {
    assert.is(await asReader(statement), "42501", statement);
  }
  assert.is(await asReader("insert into orders values (2)"), "25006");
  assert.is(await asReader(count), 1);
  await run(admin, `drop owned by ${names.dashboards_reader}; drop role ${names.dashboards_reader}`);
});

test("an application that is named keeps what it had", async () => {
  const { superuserUrl: admin, ownerUrl: app } = await createTestDatabase();
  const role = new URL(app).username;
  const script = blockOf("A role for dashboards", 1).replace("array[]::text[]", `array['${role}']`);
  await onConnection(admin, ({ sql }) =>
    sql.unsafe(`create sequence numbers; grant usage on sequence numbers to ${role}`),
  );
  await onConnection(admin, ({ sql }) => sql.unsafe(script));
  const [row] = await onConnection(app, ({ sql }) => sql`select nextval('numbers')::int as number`);
  assert.is(row!.number, 1);
});

test.after(() =>
  run(
    superuserUrl,
    `drop database ${names.dashboards} with (force);
     drop role ${names.dashboards_owner}; drop role ${names.dashboards_service}; drop role ${names.dashboards_backup}`,
  ),
);

test.run();

function blockOf(title: string, at: number): string {
  const blocks = sections
    .find((section) => section.title === title)!
    .blocks.filter(({ language }) => language === "sql");
  return blocks[at]!.text.replace(/\bdashboards(_\w+)?\b/g, (name) => names[name]!);
}

/** Runs the command for tenants as the runbook's owner, and returns the first line that it says. */
async function tenant(...args: string[]): Promise<string> {
  const said: string[] = [];
  const env = { DATABASE_MIGRATE_URL: ownerUrl, FILES_DIR: "/nonexistent" };
  await runTenantCommand(args, { env, say: (line) => said.push(line), progress: () => {} });
  return said[0]!;
}

/** Statement by statement, as a database is not made inside of a transaction. */
function run(on: string, script: string): Promise<void> {
  return onConnection(on, async ({ sql }) => {
    for (const statement of script.split(";")) if (statement.trim() !== "") await sql.unsafe(statement);
  });
}

/** What the script's queries of the log answer. */
function selected(on: string, script: string): Promise<readonly (readonly Record<string, unknown>[])[]> {
  return onConnection(on, async ({ sql }) => {
    const answers = [];
    for (const statement of script.split(";")) {
      if (statement.trim() === "") continue;
      const rows = await sql.unsafe(statement);
      if (statement.includes("audit_log")) answers.push([...rows]);
    }
    return answers;
  });
}

function urlOf(role: string, password: string): string {
  const at = new URL(superuserUrl);
  Object.assign(at, { username: names[role], password });
  return at.href.replace(/\/[^/]*$/, `/${names.dashboards}`);
}
