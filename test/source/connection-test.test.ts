import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { ConnectionSchema, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import type { Frame } from "../../src/frame/frame.ts";
import { createLog } from "../../src/log/log.ts";
import { createConnectionTest } from "../../src/source/connection-test.ts";
import type { OpenConnection } from "../../src/source/connector.ts";
import type { DuckdbPool } from "../../src/source/duckdb/pool.ts";
import type { DuckdbJob } from "../../src/source/duckdb/protocol.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";
import { createFolders, createPool } from "./duckdb-fixture.ts";
import { type Asked, scriptConnectors } from "./scripted-connectors.ts";

const test = suite("test of a connection");

const folders = createFolders();
const pool = createPool(folders);
test.after(async () => {
  await pool.close();
  folders.remove();
});

const frame: Frame = { columns: [], length: 0, truncated: false };

const kinds: Readonly<Record<string, JsonObject>> = {
  postgres: { postgres: { host: "db.test", database: "d", user: "u" } },
  clickhouse: { clickhouse: { host: "ch.test" } },
  http: { http: { url: "https://api.test" } },
  grpc: { grpc: { host: "svc.test" } },
};

function connectionOf(json: JsonObject): OpenConnection {
  const { kind } = fromJson(ConnectionSchema, json);
  if (kind.case === undefined) throw new Error("that is no kind");
  return { tenant: "acme", name: "c", revision: 1, kind, secret: async () => create(ConnectionSecretSchema) };
}

/** A test over connectors that answer as told, and the real processes of DuckDB. */
function setUp(answer: (asked: Asked) => Promise<Frame> = async () => frame) {
  const script = scriptConnectors(answer);
  const lines: Record<string, unknown>[] = [];
  const jobs: DuckdbJob[] = [];
  const duckdb: DuckdbPool = {
    ...pool,
    query(tenant, job, signal) {
      jobs.push(job);
      return pool.query(tenant, job, signal);
    },
  };
  const log = createLog("debug", { write: (line: string) => lines.push(JSON.parse(line)) });
  const { test, close } = createConnectionTest({ connectors: script.connectors, duckdb, log });
  const run = (json: JsonObject, query = "") => test("acme", connectionOf(json), query);
  return { run, close, jobs, lines, ...script };
}

for (const [kind, json] of Object.entries(kinds)) {
  test(`${kind}: a connection that lets us in works, and nothing is read by it`, async () => {
    const { run, asked, probed } = setUp();
    assert.is(await run(json), "");
    assert.equal([asked.length, probed.length, probed[0]?.kind.case], [0, 1, kind]);
  });

  test(`${kind}: what is wrong is said in the connector's words`, async () => {
    const { run } = setUp(async () => {
      throw new SourceError("source_failed", "the user or password is refused");
    });
    assert.is(await run(json), "the user or password is refused");
  });

  test(`${kind}: what nobody foresaw is no news to whoever asked, and is logged without content`, async () => {
    const { run, lines } = setUp(async () => {
      throw new TypeError("a secret at 10.0.0.1");
    });
    assert.is(await run(json), "something went wrong on our side: try again");
    assert.equal([lines[0]?.level, lines[0]?.tenant], ["error", "acme"]);
    assert.not.match(JSON.stringify(lines), "secret");
  });
}

for (const kind of ["postgres", "clickhouse"]) {
  test(`${kind}: a query is run with its filters unset, for a few rows`, async () => {
    const { run, asked } = setUp();
    assert.is(await run(kinds[kind]!, "select :a [[ where b = :b ]]"), "");
    const [{ question, bounds }] = asked as [Asked];
    assert.equal({ ...question.binding }, { a: null, b: null });
    assert.ok(bounds.maxRows <= 100 && bounds.maxBytes <= 65_536);
  });

  test(`${kind}: a query that cannot be read is told with its line, and not run`, async () => {
    const { run, asked, probed } = setUp();
    const problem = await run(kinds[kind]!, "select\n'");
    assert.is(problem, "the query cannot be read: line 2: a string is not closed");
    assert.equal([asked.length, probed.length], [0, 0]);
  });
}

for (const kind of ["http", "grpc"]) {
  test(`${kind}: a query goes with no such connection`, async () => {
    const { run, asked } = setUp();
    assert.match(await run(kinds[kind]!, "select 1"), "takes no SQL");
    assert.is(asked.length, 0);
  });
}

test("files that are there can be queried, with filters unset", async () => {
  const { run, jobs } = setUp();
  const files = { duckdb: { files: [{ path: "t.csv" }] } };
  assert.is(await run(files), "");
  assert.is(await run(files, "select n from t where word = :word [[ and n = :n ]]"), "");
  assert.equal({ ...jobs[1]!.params }, { word: null });
  assert.match(await run(files, "select nothing from t"), "Binder Error");
});

test("a file that is missing, and one outside of the folder, are said to be so without their path", async () => {
  const { run } = setUp();
  for (const path of ["missing.csv", "link.csv"]) {
    const problem = await run({ duckdb: { files: [{ path }] } });
    assert.ok(problem !== "" && !problem.includes("/") && !problem.includes(path), problem);
  }
});

test("a tenant that tests more than two at a time is told to wait, and others are not", async () => {
  const gate = Promise.withResolvers<Frame>();
  const script = scriptConnectors(() => gate.promise);
  const connectionTest = createConnectionTest({
    connectors: script.connectors,
    duckdb: pool,
    log: createLog("silent"),
  });
  const run = (tenant: string) => connectionTest.test(tenant, connectionOf(kinds.http!), "");
  const runs = [run("acme"), run("acme"), run("other")];
  assert.match(await run("acme"), "try again");
  assert.is(script.probed.length, 3);
  gate.resolve(frame);
  assert.equal(await Promise.all(runs), ["", "", ""]);
});

test("what runs is ended with the process, and nothing is tested afterwards", async () => {
  const { run, close } = setUp(
    ({ bounds }) =>
      new Promise((_, reject) => {
        bounds.signal.addEventListener("abort", () => reject(new SourceError("source_timeout", "it did not answer")));
      }),
  );
  const running = run(kinds.grpc!);
  await new Promise((resolve) => setTimeout(resolve));
  close();
  assert.is(await running, "it did not answer");
  assert.is.not(await run(kinds.grpc!), "");
});

test.run();
