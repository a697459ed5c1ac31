import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { migrateDatabase } from "../../src/store/migrate.ts";
import { openStore } from "../../src/store/store.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, emptyDatabase, onConnection } from "./database.ts";
import { createPreviousDatabase } from "./previous-release.ts";
import { refusalOf } from "./refusal.ts";

const test = suite("store: migrations");
const database = await createTestDatabase();
const log = createLog("silent");

const applied = () =>
  onConnection(database.ownerUrl, async ({ sql }) => {
    const rows = await sql`select hash from drizzle.__drizzle_migrations`;
    return rows.length;
  });

test("an empty database is migrated once, however many do it at the same time, and again changes nothing", async () => {
  const before = await applied();
  await emptyDatabase(database);
  await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(database.ownerUrl)));
  await migrateDatabase(database.ownerUrl);
  assert.is(await applied(), before);
  const store = await database.openStore();
  await store.ping();
  await store.close();
});

test("a backup that runs holds up the migration, and nobody else behind it", async () => {
  const previous = await createPreviousDatabase();
  const lines: string[] = [];
  await onConnection(previous.ownerUrl, async ({ sql }) => {
    await sql`begin`;
    await sql`lock table definitions in access share mode`;
    const migrated = migrateDatabase(previous.ownerUrl, (line) => lines.push(line));
    await onConnection(previous.ownerUrl, async (reader) => {
      // The migration has given way, and will be back in a second.
      const begun = performance.now();
      while (lines.length === 0 && performance.now() - begun < 5_000) await sleep(20);
      await reader.sql`set statement_timeout = 2000`;
      await reader.sql`select count(*) from definitions`;
    });
    assert.is(lines.length, 1);
    await sql`commit`;
    await migrated;
  });
});

const messageOf = async (url: string, migrateUrl: string | undefined) =>
  (await refusalOf(openStore({ url, migrateUrl, dataDir: "", log }))).body.message;

test("a role that may not migrate is told who may", async () => {
  assert.match(await messageOf(database.url, undefined), "owner of the database");
});

test("a login that was not granted the role is told so", async () => {
  await onConnection(database.superuserUrl, async ({ sql }) => {
    const stranger = `dash_test_${process.pid}_stranger`;
    await sql.unsafe(`create role ${stranger} login password 'x'`);
    try {
      const url = Object.assign(new URL(database.url), { username: stranger, password: "x" });
      assert.match(await messageOf(url.href, database.ownerUrl), "grant the role dash_app");
    } finally {
      await sql.unsafe(`drop role ${stranger}`);
    }
  });
});

test("a server that is not there is DEPENDENCY_DOWN, and the URL is not told", async () => {
  const message = await messageOf("postgres://user:secret@127.0.0.1:1/none", undefined);
  assert.match(message, "not available");
  assert.not.match(message, "secret");
});

test.run();
