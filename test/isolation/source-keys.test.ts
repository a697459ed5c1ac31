import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { ConnectionSchema, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { DatasourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { BoundValue } from "../../src/definition/filter-value.ts";
import type { Frame } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import { createConnectionGuard } from "../../src/source/connection-guard.ts";
import type { DuckdbPool } from "../../src/source/duckdb/pool.ts";
import { createSourceRunner, type SourceRunnerOptions } from "../../src/source/runner.ts";
import { suite } from "../harness.ts";
import { guardLimits, noConnections } from "../source/scripted-connectors.ts";

/** What two reads of datasources must differ in to have two keys. */
const test = suite("isolation: keys of source results");

const kinds = ["postgres", "clickhouse", "duckdb", "http", "grpc", "files", "derived"] as const;

/** One read, with everything that its rows depend on. */
type Scope = {
  readonly tenant: string;
  readonly kind: (typeof kinds)[number];
  readonly connection: string;
  readonly revision: number;
  readonly text: string;
  readonly value: BoundValue;
  readonly other: BoundValue;
  readonly timezone: string;
  readonly ttl: number;
  readonly maxStale: number;
  readonly path: string;
  readonly modifiedMs: number;
  readonly rows: number;
};

const values: readonly BoundValue[] = [
  ...[null, "", "1", 1, true, "true", "null", '"', "a", "a,b"],
  ...[["a"], ["a", "b"], ["a,b"], [1], [true]],
  { kind: "date", iso: "2026-01-01" },
  { kind: "instant", epochMs: 1 },
  { kind: "instant", epochMs: 2 },
  { kind: "instant", epochMs: 2, rolling: "last 7 day" },
  { kind: "instant", epochMs: 2, rolling: "last 30 day" },
];

const scopes: fc.Arbitrary<Scope> = fc.record({
  tenant: fc.constantFrom("a", "aa", "a-1"),
  kind: fc.constantFrom(...kinds),
  connection: fc.constantFrom("c", "c1", "d"),
  revision: fc.constantFrom(1, 11, 2),
  text: fc.constantFrom("1", "2", "12"),
  value: fc.constantFrom(...values),
  other: fc.constantFrom(...values),
  timezone: fc.constantFrom("UTC", "Asia/Kolkata"),
  ttl: fc.constantFrom(10, 100),
  maxStale: fc.constantFrom(0, 100),
  path: fc.constantFrom("t.csv", "u.csv"),
  modifiedMs: fc.constantFrom(1, 2),
  rows: fc.constantFrom(1, 2),
});

const names = ["tenant", "kind", "connection", "revision", "text", "value", "timezone", "ttl", "maxStale"] as const;
const pairs = fc
  .tuple(scopes, scopes, fc.subarray([...names, "path", "modifiedMs", "rows"]))
  .map(([one, other, same]) => [one, { ...other, ...pick(one, same) }] as const);

function pick(scope: Scope, wanted: readonly string[]): Partial<Scope> {
  return Object.fromEntries(Object.entries(scope).filter(([name]) => wanted.includes(name)));
}

/** What the rows depend on: the filter that the source names, and of the rest what is a matter of its kind. */
function readBy(scope: Scope): string {
  const { tenant, kind, connection, revision, text, value, timezone, ttl, maxStale, path, modifiedMs, rows } = scope;
  const named = kind === "files" || kind === "derived" ? [] : [connection, revision];
  const files = kind === "files" || kind === "duckdb" ? [path, modifiedMs] : [];
  const data = kind === "derived" ? [rows] : [];
  return JSON.stringify([tenant, kind, text, value, timezone, ttl, maxStale, named, files, data]);
}

const ofKind: Readonly<Record<string, (scope: Scope) => JsonObject>> = {
  postgres: () => ({ postgres: { host: "db.test", database: "d", user: "u" } }),
  clickhouse: () => ({ clickhouse: { host: "ch.test" } }),
  duckdb: ({ path }) => ({ duckdb: { files: [{ path }] } }),
  http: () => ({ http: { url: "https://api.test" } }),
  grpc: () => ({ grpc: { host: "svc.test" } }),
};

function sourceOf({ kind, connection, text, path }: Scope): JsonObject {
  const query = `select ${text}, :x`;
  if (kind === "http") return { http: { connection, path: `/${text}`, query: { q: ":x" } } };
  if (kind === "grpc") return { grpc: { connection, query: text, parameters: { p: ":x" } } };
  if (kind === "files") return { duckdb: { files: [{ path }], query } };
  if (kind === "derived") return { derived: { from: ["base"], query } };
  return { sql: { connection, query } };
}

const empty: Frame = { columns: [], length: 0, truncated: false };

/** Reads once, and returns the keys that were asked for: one, and for a derived source one more. */
async function keyOf(scope: Scope): Promise<string> {
  const keys: string[] = [];
  const duckdb: DuckdbPool = {
    async locate(tenant, files) {
      const { modifiedMs } = scope;
      const file = { view: "t", format: "csv", sizeBytes: 1, modifiedMs } as const;
      return { folder: `/${tenant}`, files: files.map(({ path }) => ({ ...file, path: `/${tenant}/${path}` })) };
    },
    query: () => Promise.reject(new Error("the key is all that is wanted")),
    async close() {},
  };
  const cache: SourceRunnerOptions["cache"] = async (key) => {
    keys.push(JSON.stringify(key));
    return { ok: true, value: empty as never, asOfMs: 0, stale: false };
  };
  const base = fromJson(DatasourceSchema, {
    id: "base",
    inline: { columns: [{ name: "n" }], rows: rowsOf(scope.rows) },
  });
  const datasource = fromJson(DatasourceSchema, {
    ...{ id: "d", ttl_s: scope.ttl, max_stale_s: scope.maxStale },
    ...sourceOf(scope),
  });
  const runner = createSourceRunner({
    ...noConnections,
    ...{ duckdb, cache, now: () => 0, log: createLog("silent"), guard: createConnectionGuard(guardLimits) },
    ...{ timeoutsMs: { sql: 1_000, service: 1_000, derived: 1_000 }, maxRows: 100, maxBytes: 100_000 },
    async findConnection(tenant, name) {
      const { kind } = fromJson(ConnectionSchema, ofKind[scope.kind]!(scope));
      if (kind.case === undefined) return undefined;
      return { tenant, name, revision: scope.revision, kind, secret: async () => create(ConnectionSecretSchema) };
    },
  });
  const { tenant, timezone, value, other } = scope;
  const outcome = await runner.run({
    ...{ tenant, timezone, datasource, datasources: [base, datasource] },
    binding: { x: value, other },
  });
  assert.ok(outcome.ok, JSON.stringify([scope, outcome]));
  assert.is(keys.length, 1);
  await runner.close();
  return keys[0]!;
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, at) => [at]);

test("no two reads share a key, and equal ones do, whatever else is asked for", async () => {
  let [same, different] = [0, 0];
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const [key, otherKey] = await Promise.all([keyOf(one), keyOf(other)]);
      if (readBy(one) === readBy(other)) {
        same += 1;
        assert.is(otherKey, key, "what is equal is found again");
      } else {
        different += 1;
        assert.is.not(otherKey, key);
      }
    }),
    { numRuns: 2_000 },
  );
  assert.ok(different > 1_000 && same > 50, `${different} pairs that differ, ${same} that do not`);
});

test("what moves on with the time is one key, of any moment", async () => {
  const [first] = fc.sample(scopes, 1) as [Scope];
  const at = (epochMs: number): Scope => ({
    ...first,
    kind: "files",
    value: { kind: "instant", epochMs, rolling: "last 7 day" },
  });
  assert.is(await keyOf(at(1)), await keyOf(at(2)));
});

test("each kind's read has a key that no other kind's has", async () => {
  const [first] = fc.sample(scopes, 1) as [Scope];
  const keys = await Promise.all(kinds.map((kind) => keyOf({ ...first, kind })));
  assert.is(new Set(keys).size, kinds.length);
});

test.run();
