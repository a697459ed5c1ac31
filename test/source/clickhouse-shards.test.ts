import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { bounds, clickhouseConnection, createTestConnector, rowsOf } from "./clickhouse-fixture.ts";
import { noShards, type Shards, startShards } from "./clickhouse-shards.ts";
import { failureOf } from "./failure-of.ts";

const test = suite("ClickHouse source: two shards of 2018");

const rowsPerShard = 200_000;

const shards: Shards | undefined = noShards === undefined ? await startWithEvents() : undefined;
const connector = createTestConnector();
test.after(async () => {
  await connector.close();
  await shards?.close();
});

/** The events of regions 0 to 4 are spread over both shards. */
async function startWithEvents(): Promise<Shards> {
  const started = await startShards();
  for (const shard of [0, 1] as const) {
    const run = (statement: string) => started.run(statement, shard);
    await run(
      "create table events (day Date, region UInt8, amount UInt32) engine = MergeTree(day, (region, day), 8192)",
    );
    await run("create table all_events as events engine = Distributed(two, default, events)");
    await run(`insert into events select toDate('2018-01-01') + number % 28, number % 5, number
      from system.numbers limit ${rowsPerShard}`);
  }
  return started;
}

/** Declares a test that needs the shards. */
function check(name: string, run: (shards: Shards) => Promise<void>): void {
  if (shards !== undefined) test(name, () => run(shards));
}

if (noShards !== undefined) test.skip("every test", noShards);

const connection = clickhouseConnection(shards?.ports[0] ?? 0);

const ask = (sql: string, within = {}) => connector.ask(connection, sql, {}, within);

/** Waits until a server has no query left that holds the word. */
async function untilGone({ run }: Shards, word: string): Promise<void> {
  const sql = `select count() from system.processes where query like '%${word}%' and query not like '%processes%'`;
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await run(sql))[0] === "0") return;
    await sleep(50);
  }
  throw new Error("a query goes on");
}

check("each shard sums its own rows, and only the sums travel", async ({ run }) => {
  const frame = await ask("select region, sum(amount) as total from all_events group by region order by region");
  const sums = [0, 1, 2, 3, 4].map((region) => {
    const count = rowsPerShard / 5;
    return [region, 2 * (region * count + (5 * count * (count - 1)) / 2)];
  });
  assert.equal(rowsOf(frame), sums);
  for (const shard of [0, 1] as const) {
    await run("system flush logs", shard);
    const [line = ""] = await run(
      `select read_rows, result_rows from system.query_log
      where type = 2 and query like '%sum(amount)%' and query not like '%query_log%' and is_initial_query = ${1 - shard}`,
      shard,
    );
    // The one that is asked counts what the other one read, too.
    assert.equal(line.split("\t").map(Number), [shard === 0 ? 2 * rowsPerShard : rowsPerShard, 5]);
  }
});

check("an endless result is read up to its cap, and the server stops", async (all) => {
  const frame = await ask("select number as endless from system.numbers", { maxRows: 20_000 });
  assert.is(frame.length, 20_000);
  assert.ok(frame.truncated);
  const wide = await ask("select toString(number) as endless from system.numbers", { maxRows: 1e6, maxBytes: 100_000 });
  assert.ok(wide.truncated);
  assert.ok(wide.length > 1000 && wide.length < 10_000);
  await untilGone(all, "endless");
});

check("a query that goes on ends with its time, here and there", async (all) => {
  const slow = ask("select sum(number) as slow from system.numbers", { timeoutMs: 700 });
  assert.match(await failureOf(slow), /^source_timeout/);
  await untilGone(all, "slow");
});

check("an error in the middle of the rows is an error, not fewer rows", async () => {
  const sql =
    "select number, if(number = 3000000, intDiv(1, number - number), 2) as x from system.numbers limit 5000000";
  const failing = ask(sql, { maxRows: 1e7, maxBytes: 1e9 });
  assert.is(await failureOf(failing), "source_failed: the query fails (153)");
});

check("no digit is lost, and times are what the server's clocks show", async () => {
  const sql = `select toUInt64(18446744073709551615) as a, toDecimal128('12345678901234567890.12', 2) as b,
    toDecimal64('1.10', 2) as c, toDateTime(86400) as d, toDate('2018-02-03') as e, 1 / 0 as f, [1, 2] as g, 'a\\tb' as h`;
  const [row] = rowsOf(await ask(sql));
  assert.equal(row, [
    "18446744073709551615",
    "12345678901234567890.12",
    1.1,
    "1970-01-02T09:00:00.000",
    "2018-02-03T00:00:00.000",
    null,
    [1, 2],
    "a\tb",
  ]);
});

const refused: readonly string[] = [
  "insert into events values ('2018-01-01', 1, 1)",
  "drop table events",
  "create table x (x UInt8) engine = Memory",
  "select * from url('http://127.0.0.1:1/', CSV, 'x String')",
  "select * from file('/etc/passwd', 'TSV', 'x String')",
  "select * from remote('127.0.0.1:1', system.one)",
  "select * from mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
];

for (const sql of refused) {
  check(`refused: ${sql}`, async () => {
    assert.match(await failureOf(ask(sql)), /^source_failed: .*\((164|62)\)$/);
  });
}

check("a profile that takes no settings is told, one that takes some keeps its limits", async ({ ports }) => {
  const as = (user: string, revision: number) => clickhouseConnection(ports[0], { user }, { revision });
  assert.match(await failureOf(connector.probe(as("locked", 2), bounds)), "(readonly = 1); it needs readonly = 2");
  await connector.probe(as("careful", 3), bounds);
  const all = connector.ask(as("careful", 3), "select count() from events");
  assert.is(await failureOf(all), "source_failed: the query reads more rows than the user may (158)");
  assert.is(
    await failureOf(connector.probe(as("nobody", 4), bounds)),
    "source_failed: the user or password is refused (192)",
  );
});

check("a shard that is down is told", async ({ stop }) => {
  await stop(1);
  const down = ask("select count() from all_events");
  assert.match(await failureOf(down), /^source_unavailable: .*shard.*\((279|210)\)$/);
  assert.equal(rowsOf(await ask("select count() as n from events")), [[rowsPerShard]]);
});

test.run();
