import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createBinding } from "../src/definition/filter-value.ts";
import { createLog } from "../src/log/log.ts";
import { engineOptions } from "../src/source/duckdb/lock-down.ts";
import { createDuckdbPool } from "../src/source/duckdb/pool.ts";
import { type Benchmark, costAtMost, type Round } from "./benchmark.ts";
import { serveParent, startChild } from "./child.ts";
import { takeRounds } from "./rounds.ts";
import { timeMs } from "./time-ms.ts";

const rows = 10_000_000;

/** What a chart of ten million rows asks for: a few hundred drawn rows. */
const query = `select day, region, sum(amount)::double as amount, count(*) as orders
  from orders group by day, region order by day, region`;

/** Ten million rows that become a chart, by DuckDB that is confined, and by DuckDB alone with the same threads. */
export const benchmark: Benchmark = {
  name: "parquet",
  about: "10 million rows of Parquet grouped to a frame by our source, and to rows by DuckDB alone",
  unit: "ms",
  goal: costAtMost(1.2),
  run: compareParquet,
};

async function compareParquet(progress: (line: string) => void): Promise<readonly Round[]> {
  await using started = new AsyncDisposableStack();
  const filesDir = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  started.defer(async () => rmSync(filesDir, { recursive: true, force: true }));
  // Queries run as another user, who must be able to read the file.
  chmodSync(filesDir, 0o755);
  mkdirSync(join(filesDir, "bench"), { mode: 0o755 });
  const path = join(filesDir, "bench", "orders.parquet");
  progress("writing the rows");
  await writeOrders(path);
  const pool = createDuckdbPool({
    filesDir,
    maxChildren: 1,
    maxChildrenPerTenant: 1,
    idleMs: 60_000,
    graceMs: 1_000,
    log: createLog("silent"),
  });
  started.defer(pool.close);
  const alone = await startChild(import.meta.filename, path);
  started.defer(alone.end);
  const located = await pool.locate("bench", [
    { $typeName: "datajetty.dashboards.v1.DuckdbFile", path: "orders.parquet", name: "" },
  ]);
  const ask = async () => {
    const bounds = { timezone: "UTC", maxRows: 10_000, maxBytes: 4 * 1024 * 1024 };
    const signal = new AbortController().signal;
    const frame = await pool.query("bench", { ...located, sql: query, params: createBinding([]), ...bounds }, signal);
    if (frame.length !== 365 * 4) throw new Error(`${frame.length} rows`);
  };
  return await takeRounds({ warmUps: 3, rounds: 15 }, async () => ({
    ours: await timeMs(ask),
    reference: await timeMs(() => alone.ask(undefined)),
  }));
}

async function writeOrders(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`copy (
    select date '2025-01-01' + (i % 365)::int as day, ['IN', 'US', 'BR', 'DE'][1 + (i * 7919) % 4] as region,
      round(((i * 104729) % 100000) / 100, 2)::decimal(9, 2) as amount, 'customer ' || (i * 31) % 200000 as customer
    from range(${rows}) t(i)) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

// Started as a process, it is the reference: an engine that stays open, which ours does not.
if (import.meta.main) {
  serveParent<string>(async (path) => {
    const instance = await DuckDBInstance.create(":memory:", { threads: engineOptions.threads ?? "2" });
    const connection = await instance.connect();
    await connection.run(`create view orders as select * from '${path}'`);
    return {
      ready: undefined,
      answer: async () => (await connection.runAndReadAll(query)).currentRowCount,
      close: () => instance.closeSync(),
    };
  });
}
