import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { ask, childPids, createFolders, createPool, failureOf, until } from "./duckdb-fixture.ts";

const test = suite("duckdb pool");
const folders = createFolders();
test.after(() => folders.remove());

const linux = process.platform === "linux";
const linuxTest: typeof test | ((name: string) => void) = linux
  ? test
  : (name: string) => test.skip(name, "it looks into /proc");

/** A single call that the engine does not interrupt, for some ten seconds. */
const deaf = "select levenshtein(repeat('a', 100000), repeat('b', 100000))";
const slow = "select sleep_ms(30000)";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A pool for one test; at its end every process is gone. */
async function withPool(
  options: Parameters<typeof createPool>[1],
  use: (pool: ReturnType<typeof createPool>) => Promise<void>,
) {
  const pool = createPool(folders, options);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

test("a query that is still running at its deadline is a timeout, and the next one answers", () =>
  withPool({ maxChildren: 1 }, async (pool) => {
    await ask(pool, "select 1");
    const startMs = performance.now();
    assert.is((await failureOf(ask(pool, slow, { deadlineMs: 100 }))).failure, "source_timeout");
    assert.ok(performance.now() - startMs < 1_000);
    assert.equal((await ask(pool, "select 7 as v")).columns[0]?.values[0], 7);
  }));

linuxTest("a query that does not heed the interrupt is killed after the grace", () =>
  withPool({ maxChildren: 1, graceMs: 100 }, async (pool) => {
    await ask(pool, "select 1");
    const [pid] = childPids();
    const failure = await failureOf(ask(pool, deaf, { deadlineMs: 1_000 }));
    assert.is(failure.failure, "source_timeout");
    assert.equal((await ask(pool, "select 7 as v", { deadlineMs: 5_000 })).columns[0]?.values[0], 7);
    assert.not.ok(childPids().includes(pid!));
  }),
);

test("an answer that comes too late never becomes that of another query", () =>
  withPool({ maxChildren: 1 }, async (pool) => {
    for (let n = 0; n < 40; n += 1) {
      const answer = ask(pool, `select ${n} as v, sum(range) from range(3000000)`, { deadlineMs: 5 + n });
      const value = await answer.then(
        (frame) => frame.columns[0]?.values[0],
        () => n,
      );
      assert.is(value, n);
    }
  }));

linuxTest("a process that crashes fails its own query and no other", () =>
  withPool({}, async (pool) => {
    await ask(pool, "select 1");
    const [crashing] = childPids();
    const first = failureOf(ask(pool, slow));
    await pause(50);
    const second = ask(pool, "select 8 as v, sleep_ms(500)");
    await pause(50);
    process.kill(crashing!, "SIGSEGV");
    assert.is((await first).failure, "source_failed");
    assert.is((await second).columns[0]?.values[0], 8);
    assert.is((await ask(pool, "select 9 as v")).columns[0]?.values[0], 9);
  }),
);

test("a query that finds no process free before its deadline is unavailable", () =>
  withPool({ maxChildren: 2, maxChildrenPerTenant: 1 }, async (pool) => {
    await ask(pool, "select 1");
    const running = failureOf(ask(pool, slow, { deadlineMs: 600 }));
    await pause(100);
    assert.is((await failureOf(ask(pool, "select 1", { deadlineMs: 100 }))).failure, "source_unavailable");
    assert.is((await running).failure, "source_timeout");
  }));

test("a tenant that keeps its processes busy does not keep out another", () =>
  withPool({ maxChildren: 3 }, async (pool) => {
    const busy = [1, 2, 3].map(() => failureOf(ask(pool, slow, { deadlineMs: 1_500 })));
    assert.is((await ask(pool, "from secret", { tenant: "other", files: ["secret.csv"] })).length, 1);
    await Promise.all(busy);
  }));

linuxTest("a process serves one tenant only, and makes room for another by its end", () =>
  withPool({ maxChildren: 1 }, async (pool) => {
    await ask(pool, "from t");
    const [acmes] = childPids();
    await ask(pool, "from t");
    assert.equal(childPids(), [acmes]);
    await ask(pool, "from secret", { tenant: "other", files: ["secret.csv"] });
    await until(() => !childPids().includes(acmes!));
    assert.is(childPids().length, 1);
  }),
);

linuxTest("processes without work end", () =>
  withPool({ idleMs: 50 }, async (pool) => {
    await ask(pool, "from t");
    await until(() => childPids().length === 0);
    assert.is((await ask(pool, "from t")).length, 2);
  }),
);

linuxTest("closing kills what runs and refuses what comes", async () => {
  const pool = createPool(folders, { maxChildren: 2, maxChildrenPerTenant: 1 });
  const asked = [1, 2].map(() => failureOf(ask(pool, slow)));
  await until(() => childPids().length > 0);
  await pool.close();
  assert.equal(childPids(), []);
  for (const { failure } of await Promise.all(asked)) assert.is(failure, "source_unavailable");
  assert.is((await failureOf(ask(pool, "select 1"))).failure, "source_unavailable");
});

linuxTest("processes end with a service that is killed", async () => {
  const source = new URL("../../src/source/duckdb/pool.ts", import.meta.url);
  const script = `
    import { createDuckdbPool } from ${JSON.stringify(source.href)};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const pool = createDuckdbPool({ filesDir: "/", maxChildren: 1, maxChildrenPerTenant: 1, idleMs: 1e6, graceMs: 1e6, log });
    const job = { folder: "/", files: [], sql: "select 1", params: {}, timezone: "UTC", maxRows: 1, maxBytes: 1e6 };
    await pool.query("acme", job, new AbortController().signal);
    pool.query("acme", { ...job, sql: ${JSON.stringify(deaf)} }, new AbortController().signal);
    const { readFileSync } = await import("node:fs");
    console.log(readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 200);
  `;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const pid = await run.then(
    () => 0,
    (killed: { stdout: string }) => Number(killed.stdout),
  );
  assert.ok(pid > 0);
  await until(() => !existsSync(`/proc/${pid}`));
});

test.run();
