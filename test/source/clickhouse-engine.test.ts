import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import fc from "fast-check";
import * as assert from "uvu/assert";
import type { BoundValue } from "../../src/definition/filter-value.ts";
import { suite } from "../harness.ts";
import { bounds, clickhouseConnection, createTestConnector, enginesFolder, rowsOf } from "./clickhouse-fixture.ts";
import { failureOf } from "./failure-of.ts";

const test = suite("ClickHouse source: engine of 2026");

const missing = existsSync(`${enginesFolder}/node_modules/chdb`) ? undefined : "chdb is not in TEST_ENGINES";

const engine: ChildProcess | undefined = missing === undefined ? startEngine() : undefined;
const port = engine === undefined ? 0 : await portOf(engine);
const connector = createTestConnector();
test.after(async () => {
  await connector.close();
  engine?.kill("SIGKILL");
});

function startEngine(): ChildProcess {
  const shim = new URL("clickhouse-shim.ts", import.meta.url).pathname;
  const env = { ...process.env, TZ: "Asia/Tokyo" };
  const child = spawn(process.execPath, [shim, enginesFolder], { stdio: ["ignore", "pipe", "inherit"], env });
  process.once("exit", () => child.kill("SIGKILL"));
  return child;
}

async function portOf(child: ChildProcess): Promise<number> {
  const ended = once(child, "exit").then(() => Promise.reject(new Error("the engine does not start")));
  return Number(await Promise.race([once(child.stdout!, "data"), ended]));
}

const connection = clickhouseConnection(port);

/** Declares a test that needs the engine. */
function check(name: string, run: () => Promise<void>): void {
  if (missing === undefined) test(name, run);
}

if (missing !== undefined) test.skip("every test", missing);

const ask = (sql: string, filters: Readonly<Record<string, BoundValue>> = {}, within = {}) =>
  connector.ask(connection, sql, filters, within);

const rows = async (sql: string, filters: Readonly<Record<string, BoundValue>> = {}) => rowsOf(await ask(sql, filters));

const instant = (text: string) => ({ kind: "instant", epochMs: Date.parse(text) }) as const;
const day = (iso: string) => ({ kind: "date", iso }) as const;

/** Texts full of what has a meaning in some notation or other. */
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        "\\",
        "'",
        '"',
        "`",
        "\t",
        "\n",
        "\r",
        "\0",
        "\b",
        "N",
        "n",
        "{p0:String}",
        "]",
        ",",
        "--",
        "é",
        "😀",
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join("")),
);

check("texts come back as they were bound, alone and in lists", async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.array(texts, { maxLength: 5 }), async (text, list) => {
      assert.equal(await rows("select :text as x, length(:list) as y", { text, list }), [[text, list.length]]);
      const items = await rows("select arrayJoin(:list) as x", { list });
      assert.equal(
        items,
        list.map((item) => [item]),
      );
    }),
    { numRuns: 40 },
  );
});

check("texts come back as they were bound when there are many", async () => {
  const hostile = "a\\'\"\t\r\n\0é😀{p1:Int8}--\r\n";
  const list = Array.from({ length: 500 }, (_, at) => `${hostile}${at}`);
  assert.equal(
    await rows("select arrayJoin(:list) as x", { list }),
    list.map((item) => [item]),
  );
  assert.equal(await rows("select :text as x where 'b' in (:list)", { text: hostile, list: [...list, "b"] }), [
    [hostile],
  ]);
});

check("numbers come back as they were bound", async () => {
  const numbers = fc.oneof(
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  );
  await fc.assert(
    fc.asyncProperty(numbers, fc.array(numbers, { minLength: 1, maxLength: 5 }), async (number, list) => {
      const filters = { number, list, positive: Math.abs(number) };
      assert.equal(await rows("select :number as x, :number = :number as y", filters), [[number, 1]]);
      assert.equal(
        await rows("select arrayJoin(:list) as x", filters),
        list.map((item) => [item]),
      );
    }),
    { numRuns: 40 },
  );
});

check("what is bound is never a part of the statement", async () => {
  const filters = { a: "'); drop table x; --", b: "\\'} or 1 = 1", c: ["'] or 1 = 1 --"] };
  const sql = "select count() as n from system.one where '' in (:a, :b) or has(:c, '')";
  assert.equal(await rows(sql, filters), [[0]]);
});

check("truth, dates and instants compare with columns of their kind", async () => {
  const is = async (condition: string, value: BoundValue) =>
    assert.equal(await rows(`select ${condition} as x`, { v: value }), [[1]], condition);
  await is("toBool(1) = :v", true);
  await is("toDate('2024-02-29') = :v", day("2024-02-29"));
  await is("toDate32('1950-02-28') = :v", day("1950-02-28"));
  await is("toDate('1970-01-01') > :v", day("1950-02-28"));
  await is("toDate('2024-02-29') in (:v)", [day("2024-02-28"), day("2024-02-29")]);
  const noon = instant("2024-02-29T12:00:00.250Z");
  await is("toDateTime64('2024-02-29 21:00:00.25', 3, 'Asia/Tokyo') = :v", noon);
  await is("toDateTime64('2024-02-29 07:00:00.25', 6, 'America/New_York') = :v", noon);
  await is("toDateTime('2024-02-29 21:00:00', 'Asia/Tokyo') < :v", noon);
  await is("toDateTime('2024-02-29 21:00:01', 'Asia/Tokyo') > :v", noon);
  await is("toDateTime64('2024-02-29 21:00:00', 3, 'Asia/Tokyo') in (:v)", [instant("2024-02-29T12:00:00Z")]);
  await is("toDateTime64('1969-12-31 23:59:59.5', 3, 'UTC') = :v", instant("1969-12-31T23:59:59.500Z"));
  await is("toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') = :v", "61f0c404-5cb3-11e7-907b-a6006ad3dba0");
  await is("toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0') in (:v)", ["61f0c404-5cb3-11e7-907b-a6006ad3dba0"]);
  await is("toLowCardinality('a') in (:v)", ["a", "b"]);
  await is("cast('a', 'Enum8(\\'a\\' = 1)') = :v", "a");
  await is("toUInt8(2) in (:v)", [1, 2]);
  await is("toFloat64(2.5) in (:v)", [1, 2.5]);
  await is("toDecimal64('2.50', 2) = :v", 2.5);
  await is("2 not in (:v)", []);
  await is("'a' not in (:v)", []);
  await is("has(:v, 'b')", ["a", "b"]);
  await is(":v is null", null);
});

check("an unset filter is null, and its clause goes", async () => {
  assert.equal(await rows("select 1 as x [[ where 1 = :a ]]", {}), [[1]]);
  assert.equal(await rows("select 1 as x [[ where 2 = :a ]]", { a: 1 }), []);
  assert.equal(await rows("select number as x from numbers(9) limit :n", { n: 2 }), [[0], [1]]);
});

const column = async (expression: string) => {
  const { columns } = await ask(`select ${expression} as x`);
  const [{ type }] = columns as [(typeof columns)[number]];
  return [type, rowsOf({ columns, length: 1, truncated: false })[0]![0]];
};

const types: readonly (readonly [string, string, unknown])[] = [
  ["toUInt8(255)", "number", 255],
  ["toInt64(-9007199254740991)", "number", -9007199254740991],
  ["toUInt64(18446744073709551615)", "string", "18446744073709551615"],
  ["toInt256('-12345678901234567890123')", "string", "-12345678901234567890123"],
  ["toDecimal64('1.10', 2)", "number", 1.1],
  ["toDecimal128('12345678901234567890.12', 2)", "string", "12345678901234567890.12"],
  ["toNullable(toDecimal32('0.5', 1))", "number", 0.5],
  ["toFloat64(0.1)", "number", 0.1],
  ["toFloat32(1) / 0", "number", null],
  ["nan", "number", null],
  ["cast(NULL, 'Nullable(Int32)')", "number", null],
  ["toIntervalDay(3)", "number", 3],
  ["cast(3, 'SimpleAggregateFunction(sum, UInt64)')", "number", 3],
  ["true", "boolean", true],
  ["cast(NULL, 'Nullable(Bool)')", "boolean", null],
  ["toDate('2024-02-29')", "time", "2024-02-29T00:00:00.000"],
  ["toDate32('1925-01-01')", "time", "1925-01-01T00:00:00.000"],
  ["toDateTime('2024-02-29 21:00:00', 'Asia/Tokyo')", "time", "2024-02-29T12:00:00.000Z"],
  ["toDateTime('2024-10-27 02:30:00', 'Europe/Berlin') + 3600", "time", "2024-10-27T01:30:00.000Z"],
  ["toDateTime64('1969-12-31 23:59:59.25', 6, 'UTC')", "time", "1969-12-31T23:59:59.250Z"],
  ["cast(NULL, 'LowCardinality(Nullable(String))')", "string", null],
  ["toLowCardinality('a\\tb')", "string", "a\tb"],
  ["toFixedString('ab', 2)", "string", "ab"],
  ["cast('a', 'Enum8(\\'a\\' = 1)')", "string", "a"],
  ["toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')", "string", "61f0c404-5cb3-11e7-907b-a6006ad3dba0"],
  ["toIPv4('192.0.2.1')", "string", "192.0.2.1"],
  ["NULL", "string", null],
  ["[1, 2, NULL]", "numbers", [1, 2, null]],
  ["[toInt64(5)]", "numbers", [5]],
  ["[0.5, nan]", "numbers", [0.5, null]],
  ["[toUInt64(18446744073709551615)]", "string", "[18446744073709551615]"],
  ["['a', 'b']", "string", '["a","b"]'],
  ["map('k', 1)", "string", '{"k":1}'],
  ["(1, 'x')", "string", '[1,"x"]'],
];

for (const [expression, type, value] of types) {
  check(`${expression} is a column of type ${type}`, async () => {
    assert.equal(await column(expression), [type, value]);
  });
}

check("the server's own time zone does not move an instant", async () => {
  const sql = "select timezone() as z, toDateTime('2024-02-29 21:00:00') as x, x = :at as y";
  const filters = { at: instant("2024-02-29T12:00:00Z") };
  assert.equal(await rows(sql, filters), [["Asia/Tokyo", "2024-02-29T12:00:00.000Z", 1]]);
});

check("a digit that a double would lose makes the whole column text", async () => {
  assert.equal(await rows("select toInt64(9007199254740990 + number) as x from numbers(4) order by x"), [
    ["9007199254740990"],
    ["9007199254740991"],
    ["9007199254740992"],
    ["9007199254740993"],
  ]);
});

check("rows beyond the cap are left out", async () => {
  const frame = await ask("select number as x from numbers(100000)", {}, { maxRows: 3 });
  assert.equal(rowsOf(frame), [[0], [1], [2]]);
  assert.ok(frame.truncated);
  assert.not((await ask("select number as x from numbers(3)", {}, { maxRows: 3 })).truncated);
});

const refused: readonly string[] = [
  "insert into function null('x UInt8') select 1",
  "create table x (x UInt8) engine = Memory",
  "drop database default",
  "select * from url('http://127.0.0.1:1/', CSV, 'x String')",
  "select * from file('/etc/passwd', TSV, 'x String')",
  "select * from s3('http://127.0.0.1:1/bucket/key', CSV, 'x String')",
  "select * from remote('127.0.0.1:1', system.one)",
  "select * from mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
  "select * from executable('x', TSV, 'x String')",
];

for (const sql of refused) {
  check(`refused: ${sql}`, async () => {
    assert.match(await failureOf(ask(sql)), /^source_failed: .*\((164|62)\)$/);
  });
}

const mistakes: readonly (readonly [string, string])[] = [
  ["select 1 from nosuch", "no such table (60)"],
  ["select nosuch from system.one", "no such column (47)"],
  ["select nosuch(1)", "no such function (46)"],
  ["select 1 from nosuch.x", "no such database (81)"],
  ["select 1\nfrom system.one\nwherever 1", "line 3: there is a syntax error (62)"],
  ["select {x:String}", "the query has a parameter that nothing binds; write `:name` (456)"],
  ["select toUInt8('x')", "a text cannot be read as a number or time (6)"],
];

for (const [sql, words] of mistakes) {
  check(`told in words: ${sql.replaceAll("\n", " ")}`, async () => {
    assert.is(await failureOf(ask(sql)), `source_failed: ${words}`);
  });
}

check("a wrong password is told", async () => {
  const wrong = clickhouseConnection(port, {}, { revision: 2, password: "wrong" });
  assert.is(await failureOf(connector.probe(wrong, bounds)), "source_failed: the user or password is refused (516)");
  await connector.probe(connection, bounds);
});

test.run();
