import * as assert from "uvu/assert";
import { createPool } from "../../src/store/pool.ts";
import { sweepEndedLinks, sweepExpiredKeys } from "../../src/store/sweep.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";

const test = suite("store: sweep");
const database = await createTestDatabase();
const pool = createPool(database.url, { session: true });
test.after(() => pool.close());

const insert = (expires: string, rows: number) =>
  onConnection(
    database.superuserUrl,
    ({ sql }) => sql`insert into idempotency_keys
      select 'tenant ' || i % 3, 'Save', ${expires} || i, 'f', '', now() + ${expires}::interval
      from generate_series(1, ${rows}) i`,
  );

const left = () =>
  onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`select count(*)::int as count, min(expires_at) > now() as live from idempotency_keys`;
    return { ...row };
  });

test("expired keys of all tenants go, batch by batch, and live ones stay", async () => {
  await insert("-1 second", 2500);
  await insert("1 hour", 10);
  assert.is(await sweepExpiredKeys(pool), 2500);
  assert.equal(await left(), { count: 10, live: true });
  assert.is(await sweepExpiredKeys(pool), 0);
});

test("one call takes 1000 rows at most, whatever it asks for", async () => {
  await insert("-1 minute", 1500);
  const [swept] = await pool.use("", 1000, ({ sql }) => sql`select sweep_idempotency_keys(1000000)::int as count`);
  assert.is(swept!.count, 1000);
});

test("links that ended 90 days ago are swept, of every tenant, and no others", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`insert into definitions select t, 'ops', 1, 'd', 't' from unnest(array['s1', 's2', 's3']) t`;
    await sql`
      insert into shares (tenant_id, share_id, dashboard_id, filters, expires_at, revoked_at, created_by)
      select t, t || k || i, 'ops', '{}', now() + e::interval, now() + r::interval, 'ann'
      from unnest(array['s1', 's2', 's3']) t, generate_series(1, 400) i,
        (values ('expired', '-91 days', null), ('revoked', '1 day', '-91 days'), ('kept', '-89 days', null),
          ('live', '1 day', null), ('kept, too', '1 day', '-89 days')) as kinds (k, e, r)`;
  });
  const steps: { swept: number; after: string }[] = [];
  do steps.push(await sweepEndedLinks(pool, steps.at(-1)?.after ?? ""));
  while (steps.at(-1)!.after !== "");
  assert.equal(steps, [
    { swept: 1000, after: "s1" },
    { swept: 1000, after: "s2" },
    { swept: 400, after: "" },
  ]);
  const left = await onConnection(
    database.superuserUrl,
    ({ sql }) => sql`select distinct share_id ~ '(kept|live)' as stays, count(*)::int from shares group by 1`,
  );
  assert.equal(
    [...left].map((row) => ({ ...row })),
    [{ stays: true, count: 3600 }],
  );
});

test("a link that somebody holds is left for the next time, and nobody is waited for", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    await sql`insert into shares (tenant_id, share_id, dashboard_id, filters, expires_at, created_by)
      select 's1', 'ended ' || i, 'ops', '{}', now() - interval '91 days', 'ann' from generate_series(1, 3) i`;
    await sql`begin`;
    await sql`select from shares where share_id = 'ended 2' for no key update`;
    assert.equal(await sweepEndedLinks(pool, ""), { swept: 2, after: "" });
    await sql`commit`;
    assert.equal(await sweepEndedLinks(pool, ""), { swept: 1, after: "" });
  });
});

test("a sweep that has taken a second goes on with the next tenant the next time", async () => {
  await pool.use("", 5_000, async ({ sql }) => {
    await sql`begin`;
    await sql`select pg_sleep(1.01)`;
    const [row] = await sql`select swept::int, go_on_after from sweep_shares('', 1000)`;
    await sql`rollback`;
    assert.equal({ ...row }, { swept: 0, go_on_after: "s1" });
  });
});

test("nobody else may call them", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`
      select has_function_privilege('public', 'sweep_idempotency_keys(int)', 'execute')
        or has_function_privilege('public', 'sweep_shares(text, int)', 'execute') as may`;
    assert.is(row!.may, false);
  });
});

test.run();
