import * as assert from "uvu/assert";
import { createPool } from "../../src/store/pool.ts";
import { sweepExpiredKeys } from "../../src/store/sweep.ts";
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

test("nobody else may call it", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    const [row] = await sql`select has_function_privilege('public', 'sweep_idempotency_keys(int)', 'execute') as may`;
    assert.is(row!.may, false);
  });
});

test.run();
