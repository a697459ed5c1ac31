import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { checkDurability } from "../../src/store/durability-check.ts";
import { createPool } from "../../src/store/pool.ts";
import { openStore } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection, type TestDatabase } from "../store/database.ts";

const test = suite("the check of durability");
let database: TestDatabase;

test.before(async () => {
  database = await createTestDatabase();
});

test("a start says which setting lets the database lose what it acknowledges, and goes on", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await onConnection(database.superuserUrl, ({ sql }) =>
    sql.unsafe(`alter database ${name} set synchronous_commit = off`),
  );
  const lines: string[] = [];
  const log = createLog("warn", { write: (line) => void lines.push(line) });
  const { url, ownerUrl: migrateUrl } = database;
  const store = await openStore({ url, migrateUrl, dataDir: "", log });
  await store.close();
  assert.equal(
    lines.map((line) => JSON.parse(line)).map(({ level, settings }) => ({ level, settings })),
    [{ level: "warn", settings: ["synchronous_commit"] }],
  );
});

test("a database that writes down what it acknowledges is not spoken of", async () => {
  const { url } = await createTestDatabase();
  const lines: string[] = [];
  const pool = createPool(url, { session: true });
  await checkDurability(pool, createLog("warn", { write: (line) => void lines.push(line) }));
  await pool.close();
  assert.equal(lines, []);
});

test.run();
