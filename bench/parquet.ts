import { fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createBinding } from "../src/definition/filter-value.ts";
import { createLog } from "../src/log/log.ts";
import { engineOptions } from "../src/source/duckdb/lock-down.ts";
import { createDuckdbPool } from "../src/source/duckdb/pool.ts";
import { measureTurns, median, medianRatio } from "./measure.ts";
import { ms, promise, say } from "./report.ts";

const rows = 10_000_000;

/** What a chart of ten million rows asks for: a few hundred drawn rows. */
const query = `select day, region, sum(amount)::double as amount, count(*) as orders
  from orders group by day, region order by day, region`;

/**
 * Ten million rows of Parquet, grouped to a chart: by our confined process, warm, from the pool's call to the
 * frame, beside DuckDB alone in a process of its own, with the same threads, which reads all rows of the answer.
 */
export async function benchParquet(): Promise<void> {
  const filesDir = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  // Queries run as another user, who must be able to read the file.
  chmodSync(filesDir, 0o755);
  mkdirSync(join(filesDir, "bench"), { mode: 0o755 });
  const path = join(filesDir, "bench", "orders.parquet");
  await writeOrders(path);
  const pool = createDuckdbPool({
    filesDir,
    maxChildren: 1,
    maxChildrenPerTenant: 1,
    idleMs: 60_000,
    graceMs: 1_000,
    log: createLog("silent"),
  });
  const alone = fork(import.meta.filename, [path]);
  try {
    const located = await pool.locate("bench", [
      { $typeName: "datajetty.dashboards.v1.DuckdbFile", path: "orders.parquet", name: "" },
    ]);
    const ours = async () => {
      const bounds = { timezone: "UTC", maxRows: 10_000, maxBytes: 4 * 1024 * 1024 };
      const signal = new AbortController().signal;
      const frame = await pool.query("bench", { ...located, sql: query, params: createBinding([]), ...bounds }, signal);
      if (frame.length !== 365 * 4) throw new Error(`${frame.length} rows`);
    };
    const reference = async () => {
      alone.send("run");
      await once(alone, "message");
    };
    const sides = { ours, reference };
    const took = await measureTurns(
      ["ours", "reference"] as const,
      async (name) => {
        const startMs = performance.now();
        await sides[name]();
        return performance.now() - startMs;
      },
      { turns: 15, warmUpTurns: 3 },
    );
    say("10 million rows of Parquet, grouped to 1,460, by our source", ms(median(took.ours)));
    say("the same by DuckDB alone", ms(median(took.reference)));
    const ratio = medianRatio(took.ours, took.reference);
    promise("times DuckDB alone", ratio, ratio <= 1.2, "at most 1.2");
  } finally {
    alone.disconnect();
    await pool.close();
    rmSync(filesDir, { recursive: true, force: true });
  }
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
  const path = process.argv[2]!;
  if (!existsSync(path)) throw new Error("no such file");
  const instance = await DuckDBInstance.create(":memory:", { threads: engineOptions.threads ?? "2" });
  const connection = await instance.connect();
  await connection.run(`create view orders as select * from '${path}'`);
  process.on("message", async () => {
    const reader = await connection.runAndReadAll(query);
    process.send?.(reader.currentRowCount);
  });
}
