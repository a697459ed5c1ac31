import * as assert from "uvu/assert";
import { findColumn } from "../../src/frame/frame.ts";
import { suite } from "../harness.ts";
import { ask, createFolders, createPool, failureOf, listsOf, type Question, valuesOf } from "./duckdb-fixture.ts";

const test = suite("duckdb values");
const folders = createFolders();
const pool = createPool(folders);
test.after(async () => {
  await pool.close();
  folders.remove();
});

/** The column `v` of the answer, with its values as an array. */
async function column(sql: string, question?: Question) {
  const found = findColumn(await ask(pool, sql, question), "v")!;
  return { ...found, values: valuesOf(found) };
}

test("integers and decimals that a double holds are numbers", async () => {
  const frame = await ask(
    pool,
    "select 1::tinyint a, 2::uinteger b, 3::bigint c, sum(4::bigint) d, 0.10::decimal(5,2) e, -7.25::decimal(20,2) f",
  );
  assert.equal(
    frame.columns.map((each) => [each.type, each.values[0]]),
    [1, 2, 3, 4, 0.1, -7.25].map((value) => ["number", value]),
  );
});

test("an integer beyond 2^53 turns its column into strings without losing a digit", async () => {
  const { type, values } = await column("select unnest([1, null, 9007199254740993, -2]) as v");
  assert.is(type, "string");
  assert.equal(values, ["1", null, "9007199254740993", "-2"]);
});

test("a decimal that a double does not hold turns its column into strings with its scale", async () => {
  const sql = "select unnest([1.5::decimal(38,3), null, 9007199254740.991, 0]) as v";
  const { type, values } = await column(sql);
  assert.is(type, "string");
  assert.equal(values, ["1.500", null, "9007199254740.991", "0.000"]);
});

test("infinity and NaN are no value", async () => {
  const { values } = await column("select unnest(['inf'::double, '-inf'::double, 'nan'::double, null, 1.5]) as v");
  assert.equal(values, [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1.5]);
});

for (const type of ["date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"]) {
  test(`a ${type} is a time of a wall clock, and infinity is no value`, async () => {
    const sql = `select unnest(['2024-02-29'::${type}, null, 'infinity'::${type}]) as v`;
    const { values, ...rest } = await column(sql, { timezone: "America/New_York" });
    assert.equal(rest, { type: "time", name: "v", zoned: false });
    assert.equal(values, [Date.UTC(2024, 1, 29), Number.NaN, Number.NaN]);
  });
}

test("a timestamp with time zone is an instant", async () => {
  const { values, ...rest } = await column("select '2024-02-29 00:00:00+01'::timestamptz as v");
  assert.equal(rest, { type: "time", name: "v", zoned: true });
  assert.equal(values, [Date.UTC(2024, 1, 28, 23)]);
});

test("a date that JavaScript cannot show is no value", async () => {
  assert.equal((await column("select '290000-01-01'::timestamp as v")).values, [Number.NaN]);
});

test("booleans stay booleans", async () => {
  assert.equal((await column("select unnest([true, null, false]) as v")).values, [true, null, false]);
});

for (const [sql, text] of [
  ["'a'::varchar", "a"],
  ["'one'::enum('one', 'two')", "one"],
  ["time '12:30:00'", "12:30:00"],
  ["interval 1 month", "1 month"],
  ["uuid '00000000-0000-0000-0000-000000000001'", "00000000-0000-0000-0000-000000000001"],
  ["['a', null]", "['a', NULL]"],
  ["[[1], null]", "[[1], NULL]"],
  ["{'a': 1}", "{'a': 1}"],
  ["map {'k': 1}", "{'k': 1}"],
  ["'\\x00'::blob", "\\x00"],
]) {
  test(`${sql} is the text ${text}`, async () => {
    const { type, values } = await column(`select ${sql} as v`);
    assert.is(type, "string");
    assert.equal(values, [text]);
  });
}

for (const [sql, list] of [
  ["[1, null, -2]", [1, Number.NaN, -2]],
  ["[1.5::double, 'inf'::double]", [1.5, Number.NaN]],
  ["[0.10::decimal(5,2), 2]", [0.1, 2]],
  ["array_value(1::float, 2)", [1, 2]],
  ["[]::integer[]", []],
  ["(select list(n) from range(1000) as rows(n))", Array.from({ length: 1000 }, (_, at) => at)],
] as const) {
  test(`${sql} is a list of numbers`, async () => {
    const { type, values } = await column(`select unnest([${sql}, null]) as v`);
    assert.is(type, "numbers");
    assert.equal(listsOf(values), [list, null]);
  });
}

for (const [words, sql] of [
  ["too many numbers", "select list(n) from range(1001) as rows(n)"],
  ["a number that a double does not hold", "select [9007199254740993]"],
] as const) {
  test(`a list of ${words} turns its column into text`, async () => {
    const { type, values } = await column(`select [1, null]::bigint[] as v union all select null union all (${sql})`);
    assert.is(type, "string");
    assert.equal(values.slice(0, 2), ["[1, NULL]", null]);
    assert.match(String(values[2]), sql.includes("900") ? "[9007199254740993]" : "[0, 1, 2, ");
  });
}

test("lists count for all their numbers", async () => {
  const sql = "select [1, 2, 3, 4, 5, 6, 7, 8, 9]::double[] as v from range(100)";
  const frame = await ask(pool, sql, { maxBytes: 800 });
  assert.equal([frame.length, frame.truncated], [10, true]);
});

test("a nested value is cut to 1 KiB of whole characters", async () => {
  const { values } = await column("select ['a' || repeat('🦆', 10000)] as v");
  const text = String(values[0]);
  assert.is(text.length, 1024);
  assert.ok(text.isWellFormed());
});

test("rows beyond the cap are left out, and the frame says so", async () => {
  const over = await ask(pool, "from range(3001)", { maxRows: 3000 });
  assert.equal([over.length, over.columns[0]?.values.length, over.truncated], [3000, 3000, true]);
  const exact = await ask(pool, "from range(3000)", { maxRows: 3000 });
  assert.equal([exact.length, exact.truncated], [3000, false]);
});

test("a result of many bytes ends before them", async () => {
  const frame = await ask(pool, "select repeat('x', 1000) as v, 1 as w from range(100)", { maxBytes: 50_000 });
  assert.ok(frame.truncated);
  assert.is(frame.length, 24);
  assert.equal(
    frame.columns.map((each) => each.values.length),
    [24, 24],
  );
});

test("a result without rows has its columns", async () => {
  const frame = await ask(pool, "from t where false");
  assert.is(frame.length, 0);
  assert.equal(
    frame.columns.map((each) => each.name),
    ["n", "word"],
  );
});

test("values bind by name and by type", async () => {
  const frame = await ask(
    pool,
    "select typeof($s) s, typeof($i) i, typeof($f) f, typeof($b) b, typeof($t) t, typeof($d) d, typeof($l) l",
    {
      params: {
        s: "x",
        i: 5,
        f: 1.5,
        b: true,
        t: { kind: "instant", epochMs: 0 },
        d: { kind: "date", iso: "2024-01-01" },
        l: ["a"],
      },
    },
  );
  assert.equal(
    frame.columns.map((each) => each.values[0]),
    ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE", "VARCHAR[]"],
  );
});

test("a whole number works as a limit, and null as an unset filter", async () => {
  const frame = await ask(pool, "from t where $word is null or word = $word limit $n", {
    params: { n: 1, word: null },
  });
  assert.is(frame.length, 1);
});

test("text binds as a value and never as SQL", async () => {
  const text = "x' or 1=1; drop table t; --";
  const { values } = await column("select $s as v", { params: { s: text } });
  assert.equal(values, [text]);
  assert.is((await ask(pool, "from t where word = $s", { params: { s: text } })).length, 0);
});

for (const [words, list, expected] of [
  ["words", ["two", "three"], 1],
  ["nothing", [], 0],
] as const) {
  test(`a list of ${words} keeps the rows in it`, async () => {
    assert.is((await ask(pool, "from t where word = any($list)", { params: { list } })).length, expected);
  });
}

for (const list of [[2, 3], [2, 2.5], []] as const) {
  test(`the list [${list}] keeps the numbers in it`, async () => {
    assert.is((await ask(pool, "from t where n in $list", { params: { list } })).length, list.length === 0 ? 0 : 1);
  });
}

test("an instant meets naive and zoned columns at the same moment of the query's zone", async () => {
  const sql = `select naive >= $from as naive, zoned >= $from as zoned from (values
    (timestamp '2024-07-01 00:00:00', timestamptz '2024-07-01 04:00:00+00'),
    (timestamp '2024-06-30 23:59:59', timestamptz '2024-07-01 03:59:59+00')) as rows(naive, zoned)`;
  const params = { from: { kind: "instant", epochMs: Date.UTC(2024, 6, 1, 4) } } as const;
  const frame = await ask(pool, sql, { params, timezone: "America/New_York" });
  assert.equal(frame.columns.map(valuesOf), [
    [true, false],
    [true, false],
  ]);
});

test("real data keeps its types", async () => {
  const frame = await ask(pool, "select date, temp_max, weather from weather order by date limit 1", {
    files: ["weather.csv"],
  });
  assert.equal(
    frame.columns.map((each) => [each.type, each.values[0]]),
    [
      ["time", Date.UTC(2012, 0, 1)],
      ["number", 12.8],
      ["string", "drizzle"],
    ],
  );
});

test("a result of more than 100 columns fails", async () => {
  const select = (count: number) => `select ${Array.from({ length: count }, (_, at) => `1 as c${at}`).join(", ")}`;
  assert.is((await ask(pool, select(100))).columns.length, 100);
  const { failure, message } = await failureOf(ask(pool, select(101)));
  assert.equal([failure, message], ["source_failed", "Column Error"]);
});

test("a zone that does not exist fails the query alone", async () => {
  assert.is((await failureOf(ask(pool, "select 1", { timezone: "Mars/Olympus" }))).failure, "source_failed");
  assert.is((await ask(pool, "select 1")).length, 1);
});

test.run();
