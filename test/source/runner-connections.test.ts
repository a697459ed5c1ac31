import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { ConnectionSchema, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { DatasourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import type { Binding } from "../../src/definition/filter-value.ts";
import type { Frame } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import { createConnectionGuard } from "../../src/source/connection-guard.ts";
import type { OpenConnection } from "../../src/source/connector.ts";
import type { DuckdbPool } from "../../src/source/duckdb/pool.ts";
import type { DuckdbJob } from "../../src/source/duckdb/protocol.ts";
import { createSourceRunner, type SourceQuery } from "../../src/source/runner.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { type Asked, guardLimits, scriptConnectors } from "./scripted-connectors.ts";

const test = suite("source runner over connections");

const frame: Frame = { columns: [], length: 0, truncated: false };

/** What connections of each kind lead to. */
const settings: Readonly<Record<string, JsonObject>> = {
  postgres: { postgres: { host: "db.test", database: "d", user: "u" } },
  clickhouse: { clickhouse: { host: "ch.test" } },
  duckdb: { duckdb: { files: [{ path: "t.csv" }] } },
  http: { http: { url: "https://api.test" } },
  grpc: { grpc: { host: "svc.test" } },
};

function connectionOf(kind: string, rest: Partial<OpenConnection> = {}): OpenConnection {
  const { kind: read } = fromJson(ConnectionSchema, settings[kind]!);
  if (read.case === undefined) throw new Error(`${kind} is no kind`);
  const secret = async () => create(ConnectionSecretSchema);
  return { tenant: "acme", name: "c", revision: 1, kind: read, secret, ...rest };
}

type Options = {
  readonly answer?: (asked: Asked) => Promise<Frame>;
  readonly connections?: OpenConnection[];
  readonly guard?: Partial<typeof guardLimits>;
  readonly timeoutMs?: number;
};

/** A runner over scripted connectors, and connections that can be changed or be out of reach. */
function setUp({ answer = async () => frame, connections = [], guard = {}, timeoutMs = 1_000 }: Options = {}) {
  const script = scriptConnectors(answer);
  const lines: Record<string, unknown>[] = [];
  const jobs: DuckdbJob[] = [];
  const state = { nowMs: 1_000_000, modifiedMs: 1, storeDown: false, connections };
  const now = () => state.nowMs;
  const duckdb: DuckdbPool = {
    async locate(tenant, files) {
      const shared = { view: "t", format: "csv", sizeBytes: 1, modifiedMs: state.modifiedMs } as const;
      return { folder: `/${tenant}`, files: files.map(({ path }) => ({ ...shared, path: `/${tenant}/${path}` })) };
    },
    async query(_, job) {
      jobs.push(job);
      return frame;
    },
    async close() {},
  };
  const runner = createSourceRunner({
    duckdb,
    connectors: script.connectors,
    async findConnection(tenant, name) {
      if (state.storeDown) throw new Error("the store is down");
      return state.connections.find((each) => each.tenant === tenant && each.name === name);
    },
    guard: createConnectionGuard({ ...guardLimits, ...guard }),
    cache: createStaleCache({ cache: createByteCache({ maxBytes: 1 << 20, now }), now, patienceMs: 0 }).ask,
    now,
    log: createLog("debug", { write: (line: string) => lines.push(JSON.parse(line)) }),
    timeoutsMs: { sql: timeoutMs, service: timeoutMs, derived: timeoutMs },
    ...{ maxRows: 100, maxBytes: 1_000 },
  });
  return { runner, lines, jobs, state, ...script };
}

/** Resolves when what goes on in the background has had its turns. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

const datasourceOf = (json: JsonObject) => fromJson(DatasourceSchema, { id: "d", ...json });

const sqlOf = (query = "select 1", rest: JsonObject = {}) => ({ sql: { connection: "c", query }, ...rest });

const ask = (json: JsonObject, rest: Partial<SourceQuery> = {}): SourceQuery => ({
  tenant: "acme",
  datasource: datasourceOf(json),
  binding: {},
  timezone: "UTC",
  ...rest,
});

/** A source for connections of each kind that names the filter `x`. */
const sources: Readonly<Record<string, JsonObject>> = {
  postgres: sqlOf("select :x"),
  clickhouse: sqlOf("select :x"),
  http: { http: { connection: "c", query: { q: ":x" } } },
  grpc: { grpc: { connection: "c", query: "q", parameters: { p: ":x" } } },
};

for (const [kind, source] of Object.entries(sources)) {
  test(`${kind}: rows are read by the connector with the bounds, and once while they are fresh`, async () => {
    const { runner, asked, state } = setUp({ connections: [connectionOf(kind)] });
    const binding = { x: 1, other: "y" };
    for (let at = 0; at < 3; at += 1) {
      const outcome = await runner.run(ask(source, { binding, timezone: "Asia/Kolkata" }));
      assert.ok(outcome.ok && !outcome.stale && outcome.asOfMs === 1_000_000 && outcome.ttlS === 300);
      state.nowMs += 1_000;
    }
    assert.is(asked.length, 1);
    const [{ connection, question, bounds }] = asked as [Asked];
    assert.is(connection, state.connections[0]);
    assert.equal({ ...question.binding }, { x: 1 }, "what it does not name stays here");
    assert.equal([bounds.timezone, bounds.maxRows, bounds.maxBytes], ["Asia/Kolkata", 100, 1_000]);
    assert.ok(bounds.timeoutMs > 900 && bounds.timeoutMs <= 1_000);
  });

  test(`${kind}: what is stale is shown up to its bound while new rows cannot be had, and is asked for every 2 s`, async () => {
    let fails = false;
    const { runner, asked, state } = setUp({
      connections: [connectionOf(kind)],
      answer: async () => {
        if (fails) throw new SourceError("source_unavailable", "the connection is refused");
        return frame;
      },
    });
    const query = ask({ ...source, ttl_s: 10, max_stale_s: 20 });
    await runner.run(query);
    fails = true;
    for (const ageMs of [10_000, 11_999, 12_000, 19_999]) {
      state.nowMs = 1_000_000 + ageMs;
      const old = { ok: true, frame, asOfMs: 1_000_000, ttlS: 10, stale: true, shownUntilMs: 1_020_000 };
      assert.equal(await runner.run(query), old);
      await settled();
    }
    assert.is(asked.length, 4);
    state.nowMs = 1_020_000;
    assert.equal(await runner.run(query), { ok: false, failure: "source_unavailable" });
    fails = false;
    state.nowMs += 2_000;
    const anew = await runner.run(query);
    assert.ok(anew.ok && !anew.stale && anew.asOfMs === 1_022_000);
  });

  test(`${kind}: a failure is logged once by its category, and stands for two seconds`, async () => {
    const { runner, asked, lines, state } = setUp({
      connections: [connectionOf(kind)],
      answer: async () => {
        throw new SourceError("source_failed", "line 1: no such column");
      },
    });
    for (let at = 0; at < 3; at += 1) {
      assert.equal(await runner.run(ask(source)), { ok: false, failure: "source_failed" });
    }
    assert.equal([asked.length, lines.length, lines[0]?.category], [1, 1, "line 1: no such column"]);
    state.nowMs += 2_000;
    await runner.run(ask(source));
    assert.is(asked.length, 2);
  });

  for (const [words, change, rest] of [
    ["revision of the connection", { revision: 2 }, {}],
    ["value", {}, { binding: { x: "1" } }],
    ["time zone", {}, { timezone: "Asia/Kolkata" }],
    ["ttl", {}, { datasource: datasourceOf({ ...source, ttl_s: 5 }) }],
  ] as readonly [string, Partial<OpenConnection>, Partial<SourceQuery>][]) {
    test(`${kind}: another ${words} is another result`, async () => {
      const { runner, asked, state } = setUp({ connections: [connectionOf(kind)] });
      await runner.run(ask(source, { binding: { x: 1 } }));
      state.connections = [connectionOf(kind, change)];
      await runner.run(ask(source, { binding: { x: 1 }, ...rest }));
      assert.is(asked.length, 2);
    });
  }
}

for (const [words, one, other] of [
  ["path", { path: "/a" }, { path: "/b" }],
  ["method", {}, { method: "POST" }],
  ["parameter", { query: { a: "1" } }, { query: { a: "2" } }],
  ["body", { method: "POST", body: [1] }, { method: "POST", body: [2] }],
  ["place of the rows", { rows: "/a" }, { rows: "/b" }],
  ["column", { columns: [{ name: "a" }] }, { columns: [{ name: "a", type: "string" }] }],
] as const) {
  test(`another ${words} of a request is another result`, async () => {
    const { runner, asked } = setUp({ connections: [connectionOf("http")] });
    for (const request of [one, other, one]) {
      await runner.run(ask({ http: { connection: "c", ...(request as JsonObject) } }));
    }
    assert.is(asked.length, 2);
  });
}

for (const [words, source, kind] of [
  ["no connection of that name", sqlOf(), undefined],
  ["a web service asked by SQL", sqlOf(), "http"],
  ["a database asked as a web service", { http: { connection: "c" } }, "postgres"],
  ["a web service asked by gRPC", { grpc: { connection: "c", query: "q" } }, "http"],
] as const) {
  test(`${words} is a source that failed, and says so to the log`, async () => {
    const { runner, lines, asked } = setUp({ connections: kind === undefined ? [] : [connectionOf(kind)] });
    assert.equal(await runner.run(ask(source)), { ok: false, failure: "source_failed" });
    assert.match(lines[0]?.category as string, /connection/);
    assert.is(asked.length, 0);
  });
}

test("a connection that cannot be looked up makes the source unavailable", async () => {
  const { runner, state } = setUp({ connections: [connectionOf("postgres")] });
  state.storeDown = true;
  assert.equal(await runner.run(ask(sqlOf())), { ok: false, failure: "source_unavailable" });
});

test("another tenant's connection of the same name is not reached", async () => {
  const { runner, asked } = setUp({ connections: [connectionOf("postgres", { tenant: "other" })] });
  assert.equal(await runner.run(ask(sqlOf())), { ok: false, failure: "source_failed" });
  assert.is(asked.length, 0);
});

test("files of a connection are read as those of a datasource, and again when they or it change", async () => {
  const { runner, jobs, state } = setUp({ connections: [connectionOf("duckdb")] });
  const query = ask(sqlOf("from t where a = :x [[ and b = :y ]]"), { binding: { x: 1, z: 2 } });
  for (let at = 0; at < 2; at += 1) assert.ok((await runner.run(query)).ok);
  assert.is(jobs.length, 1);
  assert.equal([jobs[0]!.files[0]?.path, jobs[0]!.sql.trim()], ["/acme/t.csv", "from t where a = $x"]);
  assert.equal({ ...jobs[0]!.params }, { x: 1 });
  state.modifiedMs += 1;
  await runner.run(query);
  state.connections = [connectionOf("duckdb", { revision: 2 })];
  await runner.run(query);
  assert.is(jobs.length, 3);
});

test("the revisions of datasources change when one of their connections is saved or deleted, and else do not", async () => {
  const postgres = (revision: number) => connectionOf("postgres", { revision });
  const { runner, state } = setUp({ connections: [postgres(1)] });
  const datasources = [datasourceOf(sqlOf("select 1")), datasourceOf({ http: { connection: "d" } })];
  const read = () => runner.revisions("acme", datasources);
  const texts = [await read(), await read()];
  state.connections = [postgres(1), connectionOf("grpc", { name: "unused" })];
  texts.push(await read());
  state.connections = [postgres(2)];
  texts.push(await read());
  state.connections = [postgres(2), connectionOf("http", { name: "d", revision: 7 })];
  texts.push(await read());
  state.connections = [];
  texts.push(await read());
  assert.equal(new Set(texts).size, 4);
  assert.equal([texts[0], texts[0]], [texts[1], texts[2]]);
  state.storeDown = true;
  assert.type(await read(), "string");
  assert.is(await runner.revisions("acme", []), await runner.revisions("other", [datasourceOf({ inline: {} })]));
});

test("derived rows join what connections answer, and what fails below fails above", async () => {
  const { runner, jobs } = setUp({
    connections: [connectionOf("postgres", { name: "p" }), connectionOf("http", { name: "h" })],
    answer: async ({ connection }) => {
      if (connection.name === "h") throw new SourceError("source_timeout", "late");
      return frame;
    },
  });
  const datasources = [
    datasourceOf({ id: "a", sql: { connection: "p", query: "select 1" } }),
    datasourceOf({ id: "b", http: { connection: "h" } }),
    datasourceOf({ id: "both", derived: { from: ["a", "b"], query: "from a join b" } }),
    datasourceOf({ id: "one", derived: { from: ["a"], query: "from a" } }),
  ];
  const run = (at: number) => runner.run({ ...ask({}), datasource: datasources[at]!, datasources });
  assert.equal(await run(2), { ok: false, failure: "source_timeout" });
  assert.ok((await run(3)).ok);
  assert.is(jobs.length, 1);
});

test("a connector that does not stop is given up, and its connection is left alone in the end", async () => {
  const never = () => new Promise<Frame>(() => {});
  const { runner, asked } = setUp({
    connections: [connectionOf("postgres")],
    answer: never,
    guard: { perConnection: 2 },
    timeoutMs: 20,
  });
  const run = (at: number) => runner.run(ask(sqlOf(`select ${at}`)));
  assert.equal(await Promise.all([run(1), run(2)]), Array(2).fill({ ok: false, failure: "source_timeout" }));
  assert.ok(asked.every(({ bounds }) => bounds.signal.aborted));
  assert.equal(await run(3), { ok: false, failure: "source_unavailable" });
  assert.is(asked.length, 2);
});

test("two hundred questions to a connection that is refused reach it five times", async () => {
  const { runner, asked } = setUp({
    connections: [connectionOf("http")],
    answer: async () => {
      throw new SourceError("source_unavailable", "the connection is refused");
    },
  });
  for (let at = 0; at < 200; at += 1) {
    const outcome = await runner.run(ask({ http: { connection: "c", query: { at: `${at}` } } }));
    assert.equal(outcome, { ok: false, failure: "source_unavailable" });
  }
  assert.is(asked.length, 5);
});

test("a connection that hangs takes no time from another of the tenant, nor from another tenant", async () => {
  const stuck = Promise.withResolvers<Frame>();
  const { runner } = setUp({
    connections: [
      connectionOf("postgres"),
      connectionOf("postgres", { name: "sound" }),
      connectionOf("postgres", { tenant: "other" }),
    ],
    answer: ({ connection }) =>
      connection.tenant === "acme" && connection.name === "c" ? stuck.promise : Promise.resolve(frame),
  });
  const hanging = Array.from({ length: 100 }, (_, at) => runner.run(ask(sqlOf(`select ${at}`))));
  for (let at = 0; at < 100; at += 1) {
    const sound = { sql: { connection: "sound", query: `select ${at}` } };
    assert.ok((await runner.run(ask(sound))).ok);
    assert.ok((await runner.run(ask(sqlOf(`select ${at}`), { tenant: "other" }))).ok);
  }
  stuck.resolve(frame);
  const outcomes = await Promise.all(hanging);
  assert.ok(
    outcomes.every(({ ok }) => ok),
    "what waited had its turn",
  );
});

test("after the end nothing is asked, and what waits is refused", async () => {
  const { runner, asked } = setUp({
    connections: [connectionOf("postgres")],
    guard: { perConnection: 1 },
    answer: ({ bounds }) =>
      new Promise((_, reject) => {
        bounds.signal.addEventListener("abort", () => reject(new SourceError("source_timeout", "ended")));
      }),
  });
  const runs = [1, 2, 3].map((at) => runner.run(ask(sqlOf(`select ${at}`))));
  await settled();
  await runner.close();
  assert.equal(
    (await Promise.all(runs)).map((outcome) => !outcome.ok && outcome.failure),
    ["source_timeout", "source_unavailable", "source_unavailable"],
  );
  await runner.run(ask(sqlOf("select 4")));
  assert.is(asked.length, 1);
});

test("whatever is asked in whatever order, rows are those of the tenant, the revision and the values", async () => {
  const step = fc.record({
    tenant: fc.constantFrom("acme", "other"),
    kind: fc.constantFrom(...Object.keys(sources)),
    name: fc.constantFrom("c", "d"),
    x: fc.constantFrom<Binding[string]>(null, 1, "1", true, "a", ["a"], ["a", "b"], "a,b"),
    save: fc.boolean(),
    waitMs: fc.constantFrom(0, 1_000, 400_000),
  });
  const told = (...parts: unknown[]) => JSON.stringify(parts);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const revisions = new Map<string, number>();
      const { runner, state } = setUp({
        answer: async ({ connection, question }) => {
          const { tenant, name, revision, kind } = connection;
          const values = [told(tenant, name, revision, kind.case, question.binding.x)];
          return { columns: [{ type: "string", name: "told", values }], length: 1, truncated: false };
        },
      });
      for (const { tenant, kind, name, x, save, waitMs } of steps) {
        const key = `${tenant} ${name}`;
        const known = state.connections.find((each) => each.tenant === tenant && each.name === name);
        if (save || known?.kind.case !== kind) {
          revisions.set(key, (revisions.get(key) ?? 0) + 1);
          const saved = connectionOf(kind, { tenant, name, revision: revisions.get(key)! });
          state.connections = [...state.connections.filter((each) => each !== known), saved];
        }
        state.nowMs += waitMs;
        const text = JSON.stringify(sources[kind]).replace('"connection":"c"', `"connection":"${name}"`);
        const outcome = await runner.run(ask(JSON.parse(text), { tenant, binding: { x } }));
        assert.ok(outcome.ok);
        assert.equal(outcome.frame.columns[0]?.values, [told(tenant, name, revisions.get(key), kind, x)]);
      }
    }),
    { numRuns: 200 },
  );
});

test.run();
