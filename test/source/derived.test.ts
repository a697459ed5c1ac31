import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { type Datasource, DatasourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import { type Frame, findColumn } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import type { DuckdbPool } from "../../src/source/duckdb/pool.ts";
import type { DuckdbJob } from "../../src/source/duckdb/protocol.ts";
import { createSourceRunner, type SourceOutcome, type SourceQuery } from "../../src/source/runner.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { canary, createFolders, createPool, listsOf, valuesOf } from "./duckdb-fixture.ts";
import { noConnections } from "./scripted-connectors.ts";

const test = suite("derived sources");

const folders = createFolders();
const pool = createPool(folders);
test.after(async () => {
  await pool.close();
  folders.remove();
});

type Query = DuckdbPool["query"];

/** A runner over the real processes, unless told how to answer, that remembers what was asked. */
function setUp(options: { readonly query?: Query; readonly timeoutMs?: number; readonly maxBytes?: number } = {}) {
  const { query = pool.query, timeoutMs = 10_000, maxBytes = 4 << 20 } = options;
  const jobs: DuckdbJob[] = [];
  const state = { nowMs: 1_000_000 };
  const now = () => state.nowMs;
  const duckdb: DuckdbPool = {
    ...pool,
    query(tenant, job, signal) {
      jobs.push(job);
      return query(tenant, job, signal);
    },
  };
  const cache = createStaleCache({ cache: createByteCache({ maxBytes: 1 << 24, now }), now, patienceMs: 0 }).ask;
  const log = createLog("silent");
  const timeoutsMs = { sql: timeoutMs, service: timeoutMs, derived: timeoutMs };
  const runner = createSourceRunner({ duckdb, cache, now, log, ...noConnections, timeoutsMs, maxRows: 100, maxBytes });
  const run = (id: string, datasources: readonly Datasource[], rest: Partial<SourceQuery> = {}) => {
    const datasource = datasources.find((each) => each.id === id)!;
    return runner.run({ tenant: "acme", datasource, binding: {}, timezone: "UTC", datasources, ...rest });
  };
  return { run, jobs, state };
}

const sourceOf = (json: JsonObject) => fromJson(DatasourceSchema, json);

const derivedOf = (id: string, from: readonly string[], query: string, rest: JsonObject = {}) =>
  sourceOf({ id, derived: { from: [...from], query }, ...rest });

const names = sourceOf({
  id: "names",
  inline: {
    columns: [{ name: "word" }, { name: "name" }],
    rows: [
      ["one", "Eins"],
      ["two", "Zwei"],
      ["three", "Drei"],
    ],
  },
});

const file = (query = "from t", rest: JsonObject = {}) =>
  sourceOf({ id: "file", duckdb: { files: [{ path: "t.csv" }], query }, ...rest });

const join = derivedOf("joined", ["names", "file"], "select n, name from names join file using (word) order by n");

test("rows of the definition and of a file are joined", async () => {
  const { run } = setUp();
  const frame = frameOf(await run("joined", [join, file(), names]));
  assert.equal(cellsOf(frame), { n: [1, 2], name: ["Eins", "Zwei"] });
});

test("every type comes through as it is, and what has no value has none", async () => {
  const { run } = setUp();
  const columns = ["number", "string", "boolean", "time", "time", "numbers"].map((type, at) => ({
    name: `c${at}`,
    type,
  }));
  const rows = [
    [1.5, "ü", true, "2026-03-01T10:00:00Z", "2026-03-01T10:00:00", [1, 2.5]],
    [null, null, null, null, null, null],
    [-0.1, "", false, "1969-12-31T23:59:59.999Z", "1969-12-31", []],
  ];
  const all = sourceOf({ id: "all", inline: { columns, rows } });
  const frame = frameOf(
    await run("same", [all, derivedOf("same", ["all"], "from all_rows".replace("all_rows", '"all"'))]),
  );
  assert.equal(
    frame.columns.map((column) => [column.type, column.type === "time" && column.zoned]),
    [
      ["number", false],
      ["string", false],
      ["boolean", false],
      ["time", true],
      ["time", false],
      ["numbers", false],
    ],
  );
  const [numbers, strings, booleans, zoned, naive, lists] = frame.columns.map(valuesOf);
  assert.equal(numbers, [1.5, Number.NaN, -0.1]);
  assert.equal(strings, ["ü", null, ""]);
  assert.equal(booleans, [true, null, false]);
  assert.equal(zoned, [Date.parse("2026-03-01T10:00:00Z"), Number.NaN, -1]);
  assert.equal(naive, [Date.parse("2026-03-01T10:00:00Z"), Number.NaN, -86_400_000]);
  assert.equal(listsOf(lists!), [[1, 2.5], null, []]);
});

test("what is missing is NULL for the query, in lists too, and more rows than one chunk all count", async () => {
  const { run } = setUp({
    query: (tenant, job, signal) => (job.tables ? pool.query(tenant, job, signal) : Promise.resolve(long)),
  });
  const values = Float64Array.from({ length: 5_000 }, (_, row) => (row % 2 === 0 ? row : Number.NaN));
  const lists = Array.from(values, (value) => Float64Array.of(1, value));
  const long: Frame = {
    columns: [
      { type: "number", name: "v", values },
      { type: "numbers", name: "l", values: lists },
    ],
    length: 5_000,
    truncated: false,
  };
  const query = "select count(*) as n, count(v) as v, max(v) as top, count(l[2]) as l from file";
  const frame = frameOf(await run("counts", [file(), derivedOf("counts", ["file"], query)]));
  assert.equal(cellsOf(frame), { n: [5_000], v: [2_500], top: [4_998], l: [2_500] });
});

test("an instant shows the clock of the dashboard's zone, a reading of a clock stays", async () => {
  const { run } = setUp();
  const columns = ["zoned", "naive"].map((name) => ({ name, type: "time" }));
  const times = sourceOf({ id: "times", inline: { columns, rows: [["2026-03-01T20:00:00Z", "2026-03-01T20:00:00"]] } });
  const query = "select strftime(zoned, '%d %H:%M') as zoned, strftime(naive, '%d %H:%M') as naive from times";
  const hours = derivedOf("hours", ["times"], query);
  const frame = frameOf(await run("hours", [times, hours], { timezone: "Asia/Kolkata" }));
  assert.equal(cellsOf(frame), { zoned: ["02 01:30"], naive: ["01 20:00"] });
});

test("ids become names that need no quotes, and columns that the engine takes for one stay apart", async () => {
  const { run } = setUp();
  const source = sourceOf({ id: "2-Sales", inline: { columns: [{ name: "Tag" }, { name: "tag" }], rows: [[1, 2]] } });
  const frame = frameOf(await run("d", [source, derivedOf("d", ["2-Sales"], "from _2_sales")]));
  assert.equal(cellsOf(frame), { Tag: [1], tag_1: [2] });
});

test("filters narrow what is read, and the query itself", async () => {
  const { run } = setUp();
  const datasources = [
    names,
    file("from t where word = :word"),
    derivedOf("d", ["names", "file"], "select name, n, :least as least from names, file where n >= :least"),
  ];
  const ask = async (word: string, least: number) =>
    cellsOf(frameOf(await run("d", datasources, { binding: { word, least } })));
  assert.equal(await ask("two", 1), { name: ["Zwei"], n: [2], least: [1] });
  assert.equal(await ask("one", 1), { name: ["Eins"], n: [1], least: [1] });
  assert.equal(await ask("two", 3), { name: [], n: [], least: [] });
});

test("derived sources stand on derived sources", async () => {
  const { run } = setUp();
  const chain = ["a", "b", "c", "d", "e"].map((id, at, all) =>
    derivedOf(id, [all[at - 1] ?? "file"], `select n + 1 as n from ${all[at - 1] ?? "file"}`),
  );
  assert.equal(cellsOf(frameOf(await run("e", [...chain.toReversed(), file()]))), { n: [6, 7] });
});

for (const query of [
  `from '${folders.filesDir}/acme/t.csv'`,
  `from read_csv('${folders.filesDir}/acme/hidden.csv')`,
  `from read_text('${folders.filesDir}/other/secret.csv')`,
  "from glob('/*')",
  "from t",
  "insert into file values (1, 'x')",
  "copy file to '/tmp/derived.csv'",
]) {
  test(`a query reaches nothing but what it declares: ${query.replace(folders.filesDir, "")}`, async () => {
    const { run } = setUp();
    const outcome = await run("d", [file(), derivedOf("d", ["file"], query)]);
    assert.equal(outcome, { ok: false, failure: "source_failed" });
    assert.not.match(JSON.stringify(outcome), canary);
  });
}

for (const failure of ["source_failed", "source_timeout", "source_unavailable"] as const) {
  test(`${failure} of what is read is the derived source's own`, async () => {
    const { run, jobs } = setUp({
      query: async () => {
        throw new SourceError(failure, "told");
      },
    });
    assert.equal(await run("joined", [join, file(), names]), { ok: false, failure });
    assert.is(jobs.length, 1);
  });
}

test("what two read is loaded once, and a derived source as well", async () => {
  const { run, jobs } = setUp();
  const datasources = [
    file(),
    names,
    join,
    derivedOf("top", ["file", "joined"], "select max(n) as n from joined"),
    derivedOf("low", ["file", "joined"], "select min(n) as n from joined"),
  ];
  const outcomes = await Promise.all(["top", "low", "joined", "file"].map((id) => run(id, datasources)));
  assert.equal(
    outcomes.map((outcome) => valuesOf(frameOf(outcome).columns[0])),
    [[2], [1], [1, 2], [1, 2]],
  );
  assert.equal(jobs.map(({ tables }) => tables?.map(({ name }) => name).join() ?? "file").sort(), [
    "file",
    "file,joined",
    "file,joined",
    "names,file",
  ]);
});

test("rows are no fresher than the oldest that they were made of", async () => {
  const { run, jobs, state } = setUp();
  const datasources = [file("from t", { ttl_s: 100 }), names, derivedOf("d", ["file", "names"], "from file")];
  await run("file", datasources);
  state.nowMs += 60_000;
  const outcome = await run("d", datasources);
  assert.ok(outcome.ok);
  assert.equal([outcome.asOfMs, outcome.ttlS, outcome.stale], [1_000_000, 100, false]);
  // The file's rows are stale now, and what is made of them too.
  state.nowMs += 41_000;
  const later = await run("d", datasources);
  assert.ok(later.ok);
  assert.equal([later.asOfMs, later.stale], [1_000_000, true]);
  // They are the same when they are read anew: that needs no new query.
  assert.equal(jobs.filter(({ tables }) => tables !== undefined).length, 1);
});

test("rows are shown no longer than any that they were made of, nor than their own bound", async () => {
  const endOf = async (fileRest: JsonObject, rest: JsonObject) => {
    const { run, state } = setUp();
    const datasources = [file("from t", fileRest), derivedOf("d", ["file"], "from file", rest)];
    await run("file", datasources);
    state.nowMs += 20_000;
    const outcome = await run("d", datasources);
    assert.ok(outcome.ok);
    return outcome.shownUntilMs - state.nowMs;
  };
  assert.is(await endOf({ max_stale_s: 400 }, {}), 380_000);
  assert.is(await endOf({ ttl_s: 3_600 }, {}), 600_000);
  assert.is(await endOf({ ttl_s: 3_601 }, { ttl_s: 7, max_stale_s: 30 }), 30_000);
});

test("a ttl of its own ends sooner", async () => {
  const { run } = setUp();
  const outcome = await run("d", [names, derivedOf("d", ["names"], "from names", { ttl_s: 7 })]);
  assert.ok(outcome.ok);
  assert.equal([outcome.asOfMs, outcome.ttlS], [1_000_000, 7]);
});

test("other content below is another result", async () => {
  const contents = ["one", "two"];
  const { run, state } = setUp({
    query: (tenant, job, signal) =>
      job.tables ? pool.query(tenant, job, signal) : Promise.resolve(wordFrame(contents.shift()!)),
  });
  const datasources = [file("from t", { ttl_s: 1, max_stale_s: 0 }), derivedOf("d", ["file"], "from file")];
  assert.equal(cellsOf(frameOf(await run("d", datasources))), { word: ["one"] });
  state.nowMs += 2_000;
  assert.equal(cellsOf(frameOf(await run("d", datasources))), { word: ["two"] });
});

test("what was cut below marks the result, also when the query needed less", async () => {
  const { run } = setUp({
    query: (tenant, job, signal) =>
      job.tables ? pool.query(tenant, job, signal) : Promise.resolve({ ...wordFrame("one"), truncated: true }),
  });
  assert.is(frameOf(await run("d", [file(), derivedOf("d", ["file"], "select 1 as n from file")])).truncated, true);
  assert.is(frameOf(await run("d", [names, derivedOf("d", ["names"], "from names")])).truncated, false);
});

test("the caps on rows and on bytes hold for what is read and for what comes out", async () => {
  const { run } = setUp({ maxBytes: 1_000 });
  const wide = sourceOf({ id: "wide", inline: { columns: [{ name: "a" }], rows: [["x".repeat(600)]] } });
  const outcome = await run("d", [wide, derivedOf("d", ["wide"], "select 1 as n from wide")]);
  assert.equal(outcome, { ok: false, failure: "source_failed" });
  const many = frameOf(await run("d", [names, derivedOf("d", ["names"], "select 1 as n from range(1000)")]));
  assert.equal([many.length, many.truncated], [100, true]);
});

test("the time for what is read counts, and one deadline holds for all", async () => {
  const { run } = setUp({
    timeoutMs: 600,
    query: async (tenant, job, signal) => {
      if (job.tables !== undefined) return pool.query(tenant, job, signal);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return wordFrame("one");
    },
  });
  const start = performance.now();
  const endless = derivedOf("d", ["file"], "select count(*) from range(100000000000) as a, file");
  assert.is((await run("d", [file(), endless])).ok, false);
  assert.ok(performance.now() - start < 1_000);
});

test("what no saved definition has is a source that failed, and has an end", async () => {
  const { run, jobs } = setUp();
  const self = derivedOf("self", ["self"], "from self");
  const there = derivedOf("there", ["back"], "from back");
  const back = derivedOf("back", ["there", "file"], "from there");
  const gone = derivedOf("gone", ["nowhere"], "select 1");
  const deep = Array.from({ length: 6 }, (_, at) =>
    derivedOf(`d${at}`, [at === 0 ? "file" : `d${at - 1}`], "select 1"),
  );
  for (const id of ["self", "there", "back", "gone", "d5"]) {
    const outcome = await run(id, [self, there, back, gone, file(), ...deep]);
    assert.equal(outcome, { ok: false, failure: "source_failed" }, id);
  }
  assert.is(jobs.length, 0);
});

test("a definition as wide and as deep as can be reads each of its sources once", async () => {
  const { run, jobs } = setUp({ query: async () => wordFrame("one") });
  const layers = [
    ["file"],
    ...Array.from({ length: 5 }, (_, layer) => Array.from({ length: 3 }, (_, at) => `l${layer}_${at}`)),
  ];
  const datasources = layers
    .slice(1)
    .flatMap((ids, below) =>
      ids.map((id, at) => derivedOf(id, layers[below]!, `select ${at} as n from ${layers[below]![0]}`)),
    );
  frameOf(await run("l4_0", [file(), ...datasources]));
  assert.is(jobs.length, 1 + 4 * 3 + 1);
});

function wordFrame(word: string): Frame {
  return { columns: [{ type: "string", name: "word", values: [word] }], length: 1, truncated: false };
}

function frameOf(outcome: SourceOutcome): Frame {
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.frame;
}

function cellsOf(frame: Frame): Record<string, unknown[]> {
  return Object.fromEntries(frame.columns.map(({ name }) => [name, valuesOf(findColumn(frame, name))]));
}

test.run();
