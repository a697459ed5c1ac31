import { create, type MessageInitShape } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import {
  DatasourceSchema,
  DerivedSourceSchema,
  DuckdbSourceSchema,
  InlineSourceSchema,
} from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import type { Frame } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import type { DuckdbPool } from "../../src/source/duckdb/pool.ts";
import type { DuckdbJob } from "../../src/source/duckdb/protocol.ts";
import { createSourceRunner, type SourceQuery } from "../../src/source/runner.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { noConnections } from "./scripted-connectors.ts";

const test = suite("source runner");

const frame: Frame = { columns: [], length: 0, truncated: false };

/** A runner over a pool that answers as told and remembers what it was asked. */
function setUp(answer: (job: DuckdbJob, signal: AbortSignal) => Promise<Frame> = async () => frame) {
  const jobs: { readonly tenant: string; readonly job: DuckdbJob }[] = [];
  const lines: Record<string, unknown>[] = [];
  const state = { nowMs: 1_000_000, modifiedMs: 1 };
  const now = () => state.nowMs;
  const duckdb: DuckdbPool = {
    async locate(tenant, files) {
      const shared = { view: "t", format: "csv", sizeBytes: 1, modifiedMs: state.modifiedMs } as const;
      return { folder: `/${tenant}`, files: files.map(({ path }) => ({ ...shared, path: `/${tenant}/${path}` })) };
    },
    query(tenant, job, signal) {
      jobs.push({ tenant, job });
      return answer(job, signal);
    },
    async close() {},
  };
  const log = createLog("debug", { write: (line: string) => lines.push(JSON.parse(line)) });
  const cache = createStaleCache({ cache: createByteCache({ maxBytes: 1 << 20, now }), now, patienceMs: 0 }).ask;
  const timeoutsMs = { sql: 50, service: 50, derived: 50 };
  const runner = createSourceRunner({
    ...{ duckdb, cache, now, log, ...noConnections, timeoutsMs },
    ...{ maxRows: 100, maxBytes: 1_000 },
  });
  return { runner, jobs, lines, state };
}

/** Resolves when what goes on in the background has had its turns. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

const ofDuckdb = (query: string, rest: MessageInitShape<typeof DatasourceSchema> = {}) =>
  create(DatasourceSchema, {
    id: "orders",
    ...rest,
    source: { case: "duckdb", value: create(DuckdbSourceSchema, { files: [{ path: "t.csv" }], query }) },
  });

const ask = (query: string, rest: Partial<SourceQuery> = {}): SourceQuery => ({
  tenant: "acme",
  datasource: ofDuckdb(query),
  binding: {},
  timezone: "UTC",
  ...rest,
});

test("inline rows come as of now, for 300 seconds unless told", async () => {
  const { runner } = setUp();
  const value = create(InlineSourceSchema, { columns: [{ name: "a" }] });
  const datasource = create(DatasourceSchema, { id: "d", source: { case: "inline", value } });
  const outcome = await runner.run(ask("", { datasource }));
  assert.ok(outcome.ok);
  assert.equal(
    [outcome.asOfMs, outcome.ttlS, outcome.stale, outcome.frame.columns[0]?.name],
    [1_000_000, 300, false, "a"],
  );
});

test("a query gets the values of its own placeholders and nothing else", async () => {
  const { runner, jobs } = setUp();
  const binding = { region: "IN", plan: "pro" };
  await runner.run(ask("from t where region = :region and n = :n [[and word = :word]]", { binding }));
  assert.match(jobs[0]!.job.sql, "from t where region = $region and n = $n");
  assert.not.match(jobs[0]!.job.sql, "word");
  assert.equal({ ...jobs[0]!.job.params }, { region: "IN", n: null });
  assert.equal([jobs[0]!.job.maxRows, jobs[0]!.job.maxBytes], [100, 1_000]);
});

test("rows are read once while they are fresh, and tell when that was", async () => {
  const { runner, jobs, state } = setUp();
  const datasource = ofDuckdb("from t", { ttlS: 10, maxStaleS: 0 });
  await runner.run(ask("", { datasource }));
  state.nowMs += 9_000;
  const again = await runner.run(ask("", { datasource }));
  assert.ok(again.ok);
  assert.equal([jobs.length, again.asOfMs, again.ttlS], [1, 1_000_000, 10]);
  state.nowMs += 1_000;
  await runner.run(ask("", { datasource }));
  assert.is(jobs.length, 2);
});

test("who ask for the same at the same time share one query", async () => {
  const { runner, jobs } = setUp();
  await Promise.all([1, 2, 3].map(() => runner.run(ask("from t"))));
  assert.is(jobs.length, 1);
});

test("a query is taken apart once, however often it runs", async () => {
  const { runner, jobs } = setUp();
  const datasource = ofDuckdb("select :x");
  let reads = 0;
  Object.defineProperty(datasource.source.value, "query", {
    get() {
      reads += 1;
      return "select :x";
    },
  });
  for (const x of [1, 2, 3]) await runner.run(ask("", { datasource, binding: { x } }));
  assert.equal([jobs.length, reads], [3, 1]);
});

test("a filter that the query does not name is no reason to read again", async () => {
  const { runner, jobs } = setUp();
  await runner.run(ask("from t", { binding: { region: "IN" } }));
  await runner.run(ask("from t", { binding: { region: "US" } }));
  assert.is(jobs.length, 1);
});

for (const [words, rest] of [
  ["tenant", { tenant: "other" }],
  ["time zone", { timezone: "Asia/Kolkata" }],
  ["value", { binding: { x: "1" } }],
  ["ttl", { datasource: ofDuckdb("select :x", { ttlS: 5 }) }],
  ["bound", { datasource: ofDuckdb("select :x", { maxStaleS: 5 }) }],
] as readonly [string, Partial<SourceQuery>][]) {
  test(`another ${words} is another result`, async () => {
    const { runner, jobs } = setUp();
    await runner.run(ask("select :x", { binding: { x: 1 } }));
    await runner.run(ask("select :x", { binding: { x: 1 }, ...rest }));
    assert.is(jobs.length, 2);
  });
}

test("a file that has changed is read again at once", async () => {
  const { runner, jobs, state } = setUp();
  await runner.run(ask("from t"));
  state.modifiedMs += 1;
  await runner.run(ask("from t"));
  assert.is(jobs.length, 2);
});

test("a failure is told by its kind, logged without content, and forgotten after two seconds", async () => {
  let fails = true;
  const { runner, lines, state } = setUp(async () => {
    if (fails) throw new SourceError("source_failed", "Binder Error");
    return frame;
  });
  assert.equal(await runner.run(ask("select secret from t")), { ok: false, failure: "source_failed" });
  assert.is(lines[0]?.category, "Binder Error");
  assert.is(lines[0]?.level, "warn");
  assert.not.match(JSON.stringify(lines), "secret");
  fails = false;
  assert.not((await runner.run(ask("select secret from t"))).ok);
  state.nowMs += 2_000;
  assert.ok((await runner.run(ask("select secret from t"))).ok);
});

test("whoever waits for a query that fails is told so, and the log once", async () => {
  const { runner, lines, jobs } = setUp(async () => {
    throw new SourceError("source_unavailable", "no process free");
  });
  const outcomes = await Promise.all([1, 2, 3].map(() => runner.run(ask("from t"))));
  assert.equal(outcomes, Array(3).fill({ ok: false, failure: "source_unavailable" }));
  await runner.run(ask("from t"));
  assert.equal([jobs.length, lines.length], [1, 1]);
});

test("rows past their ttl are shown for ten minutes unless told, while one query reads new ones", async () => {
  const { runner, jobs, state } = setUp();
  const rows = { ok: true, frame, ttlS: 300 };
  await runner.run(ask("from t"));
  state.nowMs += 300_000;
  const stale = await Promise.all([1, 2, 3].map(() => runner.run(ask("from t"))));
  assert.equal(stale, Array(3).fill({ ...rows, asOfMs: 1_000_000, stale: true, shownUntilMs: 1_600_000 }));
  await settled();
  assert.is(jobs.length, 2);
  assert.equal(await runner.run(ask("from t")), { ...rows, asOfMs: 1_300_000, stale: false, shownUntilMs: 1_900_000 });
  state.nowMs += 600_000;
  const late = await runner.run(ask("from t"));
  assert.ok(late.ok && !late.stale && late.asOfMs === 1_900_000);
});

test("while new rows cannot be had the old ones are shown up to their bound, and then the failure", async () => {
  let fails = false;
  const { runner, jobs, lines, state } = setUp(async () => {
    if (fails) throw new SourceError("source_failed", "IO Error");
    return frame;
  });
  const question = ask("", { datasource: ofDuckdb("from t", { ttlS: 10, maxStaleS: 20 }) });
  await runner.run(question);
  fails = true;
  for (const ageMs of [10_000, 11_999, 12_000, 19_999]) {
    state.nowMs = 1_000_000 + ageMs;
    const old = { ok: true, frame, asOfMs: 1_000_000, ttlS: 10, stale: true, shownUntilMs: 1_020_000 };
    assert.equal(await runner.run(question), old);
    await settled();
  }
  assert.equal([jobs.length, lines.length], [4, 3], "no more than one query in two seconds, and each is logged");
  assert.equal([lines[0]?.category, lines[0]?.datasource], ["IO Error", "orders"]);
  state.nowMs = 1_020_000;
  assert.equal(await runner.run(question), { ok: false, failure: "source_failed" });
});

test("rows of a range up to now are shown as stale though its ends moved, and read anew for these", async () => {
  const { runner, jobs, state } = setUp();
  const upTo = (epochMs: number, rolling = "last 1 day") =>
    ask("select :p_to", { binding: { p_to: { kind: "instant", epochMs, rolling } } });
  await runner.run(upTo(1_000_000));
  state.nowMs += 300_000;
  const stale = await runner.run(upTo(1_300_000));
  assert.ok(stale.ok && stale.stale && stale.asOfMs === 1_000_000);
  await settled();
  assert.equal(
    jobs.map(({ job }) => job.params.p_to),
    [1_000_000, 1_300_000].map((epochMs) => ({ kind: "instant", epochMs, rolling: "last 1 day" })),
  );
  await runner.run(upTo(1_300_000, "last 2 day"));
  assert.is(jobs.length, 3);
});

test("a failure is logged where it happens, not again by what derives from it", async () => {
  const { runner, lines } = setUp(async () => {
    throw new SourceError("source_timeout", "deadline");
  });
  const orders = ofDuckdb("from t");
  const value = create(DerivedSourceSchema, { from: ["orders"], query: "from orders" });
  const derived = create(DatasourceSchema, { id: "derived", source: { case: "derived", value } });
  for (const _ of [1, 2, 3]) {
    const outcome = await runner.run(ask("", { datasource: derived, datasources: [derived, orders] }));
    assert.equal(outcome, { ok: false, failure: "source_timeout" });
  }
  assert.equal(
    lines.map(({ datasource }) => datasource),
    ["orders"],
  );
});

test("a file that has changed has nothing stale", async () => {
  let fails = false;
  const { runner, state } = setUp(async () => {
    if (fails) throw new SourceError("source_failed", "IO Error");
    return frame;
  });
  await runner.run(ask("from t"));
  fails = true;
  state.modifiedMs += 1;
  assert.equal(await runner.run(ask("from t")), { ok: false, failure: "source_failed" });
});

test("a query in the background has a deadline, and ends when the runner does", async () => {
  const signals: AbortSignal[] = [];
  const { runner, state, jobs } = setUp((_, signal) => {
    signals.push(signal);
    if (signals.length === 1) return Promise.resolve(frame);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(new SourceError("source_timeout", "deadline")));
    });
  });
  await runner.run(ask("from t"));
  state.nowMs += 300_000;
  assert.ok((await runner.run(ask("from t"))).ok);
  await settled();
  assert.equal([signals.length, signals[1]?.aborted], [2, false]);
  await runner.close();
  assert.is(signals[1]?.aborted, true);
  await settled();
  state.nowMs += 2_000;
  assert.ok((await runner.run(ask("from t"))).ok, "what is stale is still there");
  assert.equal(await runner.run(ask("from u")), { ok: false, failure: "source_unavailable" });
  await settled();
  assert.is(jobs.length, 2, "no query starts after the end");
});

test("a query is told when its time is up", async () => {
  const { runner } = setUp(
    (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new SourceError("source_timeout", "deadline")));
      }),
  );
  assert.equal(await runner.run(ask("from t")), { ok: false, failure: "source_timeout" });
});

test("what should not happen fails the source alone, and is logged as an error", async () => {
  const { runner, lines } = setUp(async () => {
    throw new TypeError("a secret");
  });
  assert.equal(await runner.run(ask("from t")), { ok: false, failure: "source_failed" });
  assert.is(lines[0]?.level, "error");
  assert.not.match(JSON.stringify(lines), "secret");
});

for (const [words, datasource] of [
  ["a query that cannot be read", ofDuckdb("select 'open")],
  ["a kind of source that this release does not know", create(DatasourceSchema, { id: "d" })],
] as const) {
  test(`${words} is a source that failed`, async () => {
    const { runner } = setUp();
    assert.equal(await runner.run(ask("", { datasource })), { ok: false, failure: "source_failed" });
  });
}

test.run();
