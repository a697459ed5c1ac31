import * as assert from "uvu/assert";
import { connectAsOwner, forTenant } from "../../src/store/tenants-owner.ts";
import { openPurge } from "../../src/store/tenants-purge.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";
import { countRows, fillTenant, tenantTables } from "./tenant-rows.ts";

const test = suite("store: purge");
const database = await createTestDatabase();
const tables = await tenantTables(database.superuserUrl);
for (const tenant of ["acme", "bolt"]) await fillTenant(database.superuserUrl, tenant);
// As careful administrators do.
await onConnection(database.superuserUrl, ({ sql }) => sql`revoke usage on schema public from public`);
const owner = await connectAsOwner(database.ownerUrl);
const actor = { subject: "operator ann", subjectTenant: undefined, requestId: undefined };
test.after(() => owner.end());

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error) => error.cause?.code ?? error.code,
  );

const asPurge = (tenant: string, statement: string) =>
  forTenant(owner, tenant, (sql) => sql.unsafe(statement), { role: "dash_purge" });

test("every table has rows of both tenants to begin with, or what follows proves nothing", async () => {
  assert.ok(tables.length >= 8);
  for (const tenant of ["acme", "bolt"]) {
    assert.equal(
      Object.entries(await countRows(database.superuserUrl, tenant)).filter(([, count]) => count === 0),
      [],
    );
  }
});

test("the role may read and delete one tenant's rows, and nothing else", async () => {
  const purge = await openPurge(owner, "acme");
  const second = await connectAsOwner(database.ownerUrl);
  const told = await openPurge(second, "bolt").catch((error: Error) => error.message);
  await second.end();
  assert.is(told, "another purge is under way: wait for its end");
  assert.is(await purge.isNeeded(), true);
  const [role] = await owner.sql`
    select rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolinherit and exists (
        select from pg_auth_members where member = r.oid) as more,
      exists (select from pg_class where relowner = r.oid) as owns
    from pg_roles r where rolname = 'dash_purge'`;
  assert.equal({ ...role }, { more: false, owns: false });
  for (const table of tables) {
    const rows = `select from ${table} where tenant_id`;
    assert.ok((await asPurge("acme", `${rows} = 'acme'`)).length > 0, table);
    assert.is((await asPurge("acme", `${rows} <> 'acme'`)).length, 0, table);
    assert.is((await asPurge("", rows.replace(" where tenant_id", ""))).length, 0, table);
    for (const other of [`update ${table} set tenant_id = 'bolt'`, `truncate ${table} cascade`]) {
      assert.is(await codeOf(asPurge("acme", other)), "42501", other);
    }
  }
  assert.is((await asPurge("acme", "delete from versions where tenant_id = 'bolt'")).count, 0);
});

test("nobody else may delete a version: its owner and a superuser neither, whatever they say that they do", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`select set_config('app.task', 'purge', false)`;
    assert.is(await codeOf(sql.unsafe("delete from versions")), "23001");
  });
  assert.is(await codeOf(forTenant(owner, "acme", (sql) => sql.unsafe("delete from versions"))), "23001");
  assert.is(
    await codeOf(forTenant(owner, "acme", (sql) => sql.unsafe("delete from versions"), { role: "dash_app" })),
    "42501",
  );
});

test("a purge leaves nothing in any table, but for what was done to the tenant, and touches no other tenant", async () => {
  const other = await countRows(database.superuserUrl, "bolt");
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`insert into idempotency_keys
      select 'acme', 'Save', 'more ' || i, 'f', '', now() + interval '1 day' from generate_series(1, 1200) i`;
  });
  await owner.sql`select pg_advisory_unlock(7270004)`;
  const purge = await openPurge(owner, "acme");
  const steps: [string, number][] = [];
  await purge.deleteRows((table, count) => steps.push([table, count]));
  assert.equal(
    steps.filter(([table]) => table === "idempotency_keys").map(([, count]) => count),
    [500, 500, 201],
  );
  const suspended = await countRows(database.superuserUrl, "acme");
  assert.equal([suspended.tenants, suspended.versions], [1, 0]);
  await asLate();
  await purge.finish(actor);
  const left = Object.entries(await countRows(database.superuserUrl, "acme")).filter(([, count]) => count > 0);
  assert.equal(left, [["audit_log", 2]]);
  const kept = await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`select kind, action, subject, subject_tenant from audit_log where tenant_id = 'acme' order by at`,
  );
  assert.equal({ ...kept[1] }, { kind: "tenant", action: "purge", subject: "operator ann", subject_tenant: null });
  assert.is(kept[0]!.kind, "tenant");
  assert.is(await purge.isNeeded(), false);
  assert.equal(await countRows(database.superuserUrl, "bolt"), other);
});

/** What a call that was let in before the suspension leaves at the last moment. */
const asLate = () =>
  onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`insert into definitions (tenant_id, dashboard_id, current_version, digest, title)
      values ('acme', 'late', 1, 'd', 't')`;
    await sql`insert into versions (tenant_id, dashboard_id, version, content, digest, author)
      values ('acme', 'late', 1, '{}', 'd', 'ann')`;
  });

test("where the role is not the owner's, it says what an administrator has to run", async () => {
  const { superuserUrl } = database;
  const member = new URL(database.ownerUrl).username;
  const run = (statement: string) => onConnection(superuserUrl, ({ sql }) => sql.unsafe(statement));
  await owner.sql`select pg_advisory_unlock(7270004)`;
  await run(`revoke dash_purge from ${member}`);
  try {
    const told = await openPurge(owner, "bolt").catch((error: Error) => error.message);
    assert.match(String(told), `"grant dash_purge to ${member}"`);
  } finally {
    await run(`grant dash_purge to ${member}`);
  }
});

test.run();
