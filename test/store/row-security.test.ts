import * as assert from "uvu/assert";
import type { Connection } from "../../src/store/connection.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";

const test = suite("store: row security");
const database = await createTestDatabase();

/** Runs one statement as the role, in a transaction that has entered the tenant (or none). */
async function run(connection: Connection, role: string | undefined, tenant: string | undefined, statement: string) {
  const { sql } = connection;
  await sql.unsafe("begin");
  try {
    if (role !== undefined) await sql`select set_config('role', ${role}, true)`;
    if (tenant !== undefined) await sql`select set_config('app.tenant_id', ${tenant}, true)`;
    const rows = await sql.unsafe(statement);
    await sql.unsafe("commit");
    return rows;
  } catch (error) {
    await sql.unsafe("rollback");
    throw error;
  }
}

const asApp = (tenant: string | undefined, statement: string) =>
  onConnection(database.url, (connection) => run(connection, "dash_app", tenant, statement));
const asOwner = (tenant: string | undefined, statement: string) =>
  onConnection(database.ownerUrl, (connection) => run(connection, undefined, tenant, statement));

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error) => error.code,
  );

const definition = (tenant: string) => `insert into definitions values ('${tenant}', 'ops', 1, 'd', 't')`;
const version = (tenant: string) => `insert into versions values ('${tenant}', 'ops', 1, '{}', 'd', 'ann')`;
const draft = (tenant: string) => `insert into drafts values ('${tenant}', 'ops', '{}', 'd', 't', 'ann', '', 1, 1)`;
const share = (tenant: string) =>
  `insert into shares (tenant_id, share_id, dashboard_id, filters, expires_at, created_by)
   values ('${tenant}', 's', 'ops', '{}', now(), 'ann')`;
const snapshot = (tenant: string) => `insert into share_snapshots values ('${tenant}', 's', 'kept')`;
const key = (tenant: string) => `insert into idempotency_keys values ('${tenant}', 'm', 'k', 'f', '', now())`;
const connection = (tenant: string) =>
  `insert into connections (tenant_id, name, kind, settings, secret, revision, updated_by)
   values ('${tenant}', 'w', 'http', '{}', 'sealed', 1, 'ann')`;
const entry = (tenant: string) =>
  `select write_audit('${tenant}', 'ann', '${tenant}', 'save', 'definition', 'ops', 1, true, 'r')`;
const inserts = [definition, version, draft, share, snapshot, key, connection, entry];

for (const tenant of ["acme", "bolt"]) {
  for (const insert of inserts) await asApp(tenant, insert(tenant));
  await asOwner(tenant, `insert into tenants values ('${tenant}')`);
}

const tables = await onConnection(database.ownerUrl, async ({ sql }) => {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;
  return rows.map(({ name }) => name);
});

test("every table and its key lead with the tenant, and row security holds for the owner", async () => {
  assert.ok(tables.length >= 5);
  await onConnection(database.ownerUrl, async ({ sql }) => {
    for (const table of tables) {
      const [facts] = await sql`
        select relrowsecurity and relforcerowsecurity as forced, attname as leads,
          (select conkey[1] from pg_constraint where conrelid = c.oid and contype = 'p') as leads_key
        from pg_class c join pg_attribute on attrelid = c.oid and attnum = 1 where c.oid = ${table}::regclass`;
      assert.equal({ ...facts }, { forced: true, leads: "tenant_id", leads_key: 1 }, table);
    }
  });
});

test("a tenant sees its own rows, and without a tenant there are none, not even for the owner", async () => {
  for (const table of tables) {
    assert.equal([...(await asApp("acme", `select tenant_id from ${table}`))], [{ tenant_id: "acme" }], table);
    assert.is((await asApp(undefined, `select from ${table}`)).length, 0, table);
    assert.is((await asApp("", `select from ${table}`)).length, 0, table);
    if (table !== "idempotency_keys") assert.is((await asOwner(undefined, `select from ${table}`)).length, 0, table);
  }
});

test("a row of another tenant can be neither written nor moved", async () => {
  for (const insert of inserts) {
    assert.is(await codeOf(asApp("acme", insert("coda"))), "42501");
    assert.is(await codeOf(asApp(undefined, insert("coda"))), "42501");
  }
  assert.is((await asApp("acme", "update definitions set title = 'x' where tenant_id = 'bolt' returning 1")).length, 0);
  assert.is(await codeOf(asApp("acme", "update definitions set tenant_id = 'bolt'")), "42501");
});

test("a version can be neither updated nor deleted: by its role, its owner, or a superuser", async () => {
  const changes = ["update versions set content = ''", "delete from versions", "truncate versions cascade"];
  for (const change of changes) {
    assert.is(await codeOf(asApp("acme", change)), "42501", change);
    assert.is(await codeOf(asOwner("acme", change)), "23001", change);
    const asSuperuser = onConnection(database.superuserUrl, ({ sql }) => sql.unsafe(change));
    assert.is(await codeOf(asSuperuser), "23001", change);
  }
});

test("a revoked link stays revoked: for its role, its owner, or a superuser", async () => {
  await asApp("acme", "update shares set revoked_at = now()");
  const change = "update shares set revoked_at = null where tenant_id = 'acme'";
  assert.is(await codeOf(asApp("acme", change)), "23001");
  assert.is(await codeOf(asOwner("acme", change)), "23001");
  assert.is(await codeOf(onConnection(database.superuserUrl, ({ sql }) => sql.unsafe(change))), "23001");
});

test("the role may do no more than it needs", async () => {
  const others = [
    "delete from definitions",
    "update shares set expires_at = now()",
    "update shares set filters = '{}'",
    "delete from shares",
    "delete from idempotency_keys",
    "update tenants set suspended_at = null",
    "create table mine ()",
    "alter table versions disable trigger all",
    "alter table versions no force row level security",
  ];
  for (const statement of others) assert.is(await codeOf(asApp("acme", statement)), "42501", statement);
});

test("the tenant does not outlive its transaction", async () => {
  await onConnection(database.url, async (connection) => {
    await connection.sql`select * from get_version('acme', 'ops', null)`;
    const [after] = await connection.sql`select current_setting('app.tenant_id', true) as tenant, current_user as role`;
    assert.is(after!.tenant, "");
    assert.is(after!.role, new URL(database.url).username);
  });
});

test.run();
