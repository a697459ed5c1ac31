import * as assert from "uvu/assert";
import { connect } from "../../src/store/connection.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { suite } from "../harness.ts";
import { onConnection } from "./database.ts";
import { createPreviousDatabase } from "./previous-release.ts";

/** Bytes that were stored before they were counted, and that replicas which know no quotas store from then on. */
const test = suite("store: the count of bytes, over an upgrade");
const database = await createPreviousDatabase("0008_connection_guards");
const tenants = ["acme", "bolt", "coda"];

// Stays connected while the database is migrated, with the statements that it prepared before.
const replica = await connect(database.url, { session: true, withinMs: 5000 });
test.after(() => replica.end());

/** Saves, drafts, publishes and restores, as the release before does. */
async function work(tenant: string, id: string): Promise<void> {
  const { sql } = replica;
  const content = (of: string) => JSON.stringify({ layout: { title: `${tenant} ${id} ${of} é` } });
  const call = async (statement: () => PromiseLike<unknown>) => {
    await sql.unsafe("begin isolation level read committed");
    await sql`select * from open_call(${tenant}, ${"Save"}, ${null}, ${2000})`;
    await statement();
    await sql.unsafe("commit");
  };
  const save = (of: string) => () =>
    sql`select * from save_definition_2(
    ${tenant}, ${id}, ${content(of)}, ${of}, ${"Title"}, ${"ann"}, ${""}, ${null})`;
  const draft = (of: string) => () =>
    sql`select * from save_draft(
    ${tenant}, ${id}, ${content(of)}, ${of}, ${"Title"}, ${"ann"}, ${""}, ${null}, ${null})`;
  await call(draft("first"));
  await call(save("a version"));
  await call(draft("a second, longer draft"));
  await call(() => sql`select * from publish_draft(${tenant}, ${id}, ${"ann"}, ${""}, ${null}, ${null})`);
  await call(() => sql`select * from restore_version(${tenant}, ${id}, ${1}, ${"ann"}, ${""}, ${null})`);
  await call(draft("a third"));
}

for (const tenant of tenants) await work(tenant, "before");
await migrateDatabase(database.ownerUrl);

const miscounted = () =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql`
      select d.tenant_id, d.dashboard_id, d.stored_bytes from definitions d
      where d.stored_bytes <> (
        select sum(octet_length(content)) from (
          select tenant_id, dashboard_id, content from versions union all
          select tenant_id, dashboard_id, content from drafts
        ) each where each.tenant_id = d.tenant_id and each.dashboard_id = d.dashboard_id
      )`,
  );

test("what was there is counted, of every tenant", async () => {
  assert.equal([...(await miscounted())], []);
  const [row] = await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`select count(*)::int as dashboards, min(stored_bytes)::int as least from definitions`,
  );
  assert.is(row!.dashboards, tenants.length);
  assert.ok(row!.least > 150);
});

test("a replica of the release before goes on, and what it stores is counted, without a quota", async () => {
  await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`insert into tenants (tenant_id, limits) values ('acme', '{"dashboards": 1, "bytes": 1}')`,
  );
  for (const tenant of tenants) for (const id of ["before", "after"]) await work(tenant, id);
  assert.equal([...(await miscounted())], []);
  const rows = await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`select max(current_version) from definitions`,
  );
  assert.equal({ ...rows[0] }, { max: 5 });
});

test.run();
