import { readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { ask, canary, childPids, createFolders, createPool, failureOf, until } from "./duckdb-fixture.ts";

const test = suite("duckdb sandbox");
const folders = createFolders();
const pool = createPool(folders, { maxChildren: 2 });
const { filesDir } = folders;
const other = join(filesDir, "other/secret.csv");

let connections = 0;
const bait = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
await new Promise<void>((resolve) => bait.listen(0, "127.0.0.1", resolve));
const sink = `127.0.0.1:${(bait.address() as AddressInfo).port}`;

test.after(async () => {
  await pool.close();
  bait.close();
  folders.remove();
});

const contents = () =>
  readdirSync(filesDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "utf8")]);
const before = contents();

for (const sql of [
  // Other files.
  "select * from read_csv('/etc/passwd', header=false, sep='|', columns={'l':'VARCHAR'})",
  "select content from read_text('/proc/self/environ')",
  "select * from read_blob('/proc/self/mem')",
  "select * from glob('/**')",
  "select * from glob('*')",
  "select * from parquet_metadata('/etc/passwd')",
  "select * from sniff_csv('/etc/passwd')",
  "select * from query('select * from read_csv(''/etc/passwd'')')",
  "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_csv(''/etc/passwd'')'))",
  `select * from query_table('${other}')`,
  `from '${other}'`,
  `from 'file://${other}'`,
  `from '${filesDir}/acme/hidden.csv'`,
  `from '${filesDir}/acme/t.csv/../hidden.csv'`,
  `from '${filesDir}/acme/./../other/secret.csv'`,
  `from read_csv(['${filesDir}/acme/t.csv', '${other}'])`,
  `from '${filesDir}/*/*.csv'`,
  `from read_duckdb('${other}')`,
  "from 'hidden.csv'",
  "attach '/tmp/x.sqlite' as s (type sqlite)",
  `attach '${filesDir}/acme/t.csv' as s`,
  // The network and extensions.
  `select * from read_csv('http://${sink}/x.csv')`,
  `select * from 's3://${sink}/x.parquet'`,
  `attach 'host=127.0.0.1 dbname=app' as p (type postgres)`,
  "install httpfs",
  "load httpfs",
  "create secret s (type s3, key_id 'a', secret 'b')",
  // Writing.
  `copy (select 1) to '${filesDir}/acme/t.csv'`,
  `copy t to '${filesDir}/acme/new.csv'`,
  `export database '${filesDir}/acme'`,
  "create table x as select 1",
  "insert into t values (1, 'x')",
  // The locks.
  "set enable_external_access = true",
  "set memory_limit = '100GB'",
  "set temp_directory = '/tmp'",
  "set allowed_directories = ['/']",
  "reset lock_configuration",
  "set variable x = 1",
  "create temp macro sum(x) as 0",
  "pragma enable_profiling = 'json'",
  // More than one statement, and none.
  "select 1; drop view t",
  "begin; select 1",
  "pivot t on n using count(*)",
  "explain analyze select 1",
  "prepare p as select 1",
  "",
  "-- nothing",
  // The parser.
  `select ${"(".repeat(30_000)}1${")".repeat(30_000)}`,
  `select ${"[".repeat(5_000)}1${"]".repeat(5_000)}`,
]) {
  test(`refused: ${sql.slice(0, 80).replaceAll(filesDir, "").replaceAll(sink, "")}`, async () => {
    const { failure, message } = await failureOf(ask(pool, sql));
    assert.is(failure, "source_failed");
    assert.match(message, /^[A-Za-z ]*Error$/);
  });
}

for (const sql of [
  "select * from duckdb_settings()",
  "select sql from duckdb_views()",
  "select path from duckdb_databases()",
  "select current_setting('allowed_paths')",
  "pragma database_list",
  "select * from duckdb_secrets()",
  "select * from duckdb_logs()",
  "select * from duckdb_external_file_cache()",
  "select filename, * from t",
]) {
  test(`tells nothing of other files: ${sql}`, async () => {
    const told = await ask(pool, sql).then(JSON.stringify, String);
    for (const secret of [filesDir, canary, "/root", process.cwd()]) assert.not.match(told, secret);
  });
}

for (const sql of [
  "select length(repeat('x', 1000000000))",
  "select repeat('x', 200000000)",
  "select * from range(1000000000) t(i) order by hash(i)",
  "select list(i) from range(100000000) t(i)",
]) {
  test(`too much memory fails one query: ${sql}`, async () => {
    const { failure } = await failureOf(ask(pool, sql, { deadlineMs: 3_000 }));
    assert.ok(failure === "source_failed" || failure === "source_timeout");
    assert.is((await ask(pool, "from t")).length, 2);
  });
}

test("a query after one that took all the memory has as much again", async () => {
  await failureOf(ask(pool, "select * from range(1000000000) t(i) order by hash(i)"));
  assert.is((await ask(pool, "select length(repeat('x', 200000000))")).columns[0]?.values[0], 200_000_000);
});

test("what a query leaves behind is gone for the next", async () => {
  await ask(pool, "from enable_logging(storage = 'memory')");
  const frame = await ask(pool, "select count(*) from duckdb_logs() union all select count(*) from duckdb_variables()");
  assert.equal([...frame.columns[0]!.values], [0, 0]);
});

test("a log cannot be sent to a file", async () => {
  await ask(pool, `from enable_logging('QueryLog', storage = 'file', storage_path = '${filesDir}/acme/log')`);
  assert.is((await ask(pool, "from t")).length, 2);
});

if (process.platform === "linux") {
  test("a process holds no rights, no environment and no room to write", async () => {
    await ask(pool, "from t");
    const [pid] = childPids();
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");
    const root = process.getuid?.() === 0;
    await until(() => !root || /^Uid:\s+65533/m.test(read("status")));
    if (root) assert.match(read("status"), /^CapEff:\s+0+$/m);
    assert.match(read("limits"), /Max file size +0 /);
    if (!root) return;
    const names = read("environ")
      .split("\0")
      .map((entry) => entry.split("=")[0]);
    assert.equal(
      names.filter((name) => name !== "" && !name?.startsWith("NODE_CHANNEL_")),
      [],
    );
  });
} else test.skip("a process holds no rights, no environment and no room to write", "it looks into /proc");

test("after all of it, no file has changed and nothing was sent", () => {
  assert.equal(contents(), before);
  assert.is(connections, 0);
});

test.run();
