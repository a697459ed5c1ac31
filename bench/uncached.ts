import { Agent, request } from "node:http";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Sql } from "postgres";
import { type BenchService, startBenchService, warehouseHost } from "./bench-service.ts";
import { median } from "./measure.ts";
import { ms, promise, say } from "./report.ts";
import { type BenchWarehouse, openBenchWarehouse } from "./warehouse.ts";

const orders = 100_000;

/** How many renders are asked for at once, and how often. */
const atOnce = 50;
const rounds = 8;
const warmUpRounds = 2;

/** As many connections as our connector has for one. */
const plainConnections = 8;

/** How much later than the queries alone the slowest renders may be: on the same cores, with all that is computed. */
const allowedMs = 20;

/** What the panels ask, each of some days of orders; `$1` differs in each render. */
const queries: readonly { readonly kind: "line" | "area" | "bar" | "table" | "stat"; readonly sql: string }[] = [
  { kind: "line", sql: sumBy("date_trunc('day', at)", "amount", 0) },
  { kind: "area", sql: sumBy("date_trunc('day', at)", "latency_ms", 1) },
  { kind: "bar", sql: sumBy("region", "amount", 2) },
  { kind: "line", sql: sumBy("date_trunc('hour', at)", "amount", 3) },
  { kind: "bar", sql: sumBy("product", "amount", 0) },
  { kind: "stat", sql: `select sum(amount) as value from orders ${days(1)}` },
  { kind: "area", sql: sumBy("date_trunc('day', at)", "amount", 2) },
  {
    kind: "table",
    sql: `select region, count(*) as value, avg(amount) as mean from orders ${days(3)} group by region`,
  },
  { kind: "line", sql: sumBy("date_trunc('hour', at)", "latency_ms", 0) },
  { kind: "stat", sql: `select avg(latency_ms) as value from orders ${days(1)}` },
  { kind: "bar", sql: sumBy("extract(hour from at)", "amount", 2) },
  { kind: "line", sql: sumBy("date_trunc('day', at)", "latency_ms", 3) },
];

/**
 * Fifty renders at once of twelve panels by PostgreSQL, nothing of them kept, beside the same 600 queries alone, by
 * a plain postgres.js, at the same concurrency. Rounds alternate.
 */
export async function benchUncached(): Promise<void> {
  const warehouse = await openBenchWarehouse(orders);
  const plain = warehouse.plain(plainConnections);
  const agent = new Agent({ keepAlive: true });
  try {
    const service = await startBenchService(warehouse);
    try {
      await saveDashboard(service, warehouse);
      const took = { renders: [] as number[], queries: [] as number[] };
      let [cpuMs, single] = [0, [] as number[]];
      for (let round = 0; round < warmUpRounds + rounds; round += 1) {
        const startCpuMs = await service.cpuMs();
        const renders = await together(round, (least) => render(service, agent, least));
        const roundCpuMs = (await service.cpuMs()) - startCpuMs;
        const alone = await together(round, (least) => askAll(plain, least));
        if (round < warmUpRounds) continue;
        took.renders.push(...renders);
        took.queries.push(...alone);
        cpuMs += roundCpuMs;
        single.push(await time(() => plain.unsafe(queries[round % queries.length]!.sql, [least(round, atOnce)])));
      }
      const [slow, slowAlone] = [quantile(took.renders, 0.99), quantile(took.queries, 0.99)];
      say("a query of a panel, by itself", ms(median(single)));
      say("of the service for a render", `${ms(cpuMs / rounds / atOnce)} of CPU`);
      say("a render of 12 panels, 50 at once: p50", ms(median(took.renders)));
      say("its queries alone: p50", ms(median(took.queries)));
      say("a render of 12 panels, 50 at once: p99", ms(slow));
      say("its queries alone: p99", ms(slowAlone));
      const later = slow - slowAlone;
      promise("ms later than its queries alone", later, later <= allowedMs, `at most ${allowedMs}`);
    } finally {
      await service.end();
    }
  } finally {
    agent.destroy();
    await plain.end();
    await warehouse.close();
  }
}

function sumBy(along: string, value: string, from: number): string {
  return `select ${along} as along, sum(${value}) as value from orders ${days(from)} group by 1 order by 1`;
}

/** Some days of orders, of those above an amount. */
function days(from: number): string {
  return `where id >= ${from * 20_000} and id < ${from * 20_000 + 1_500} and amount >= $1::numeric`;
}

async function saveDashboard({ api, token }: BenchService, { login }: BenchWarehouse): Promise<void> {
  const post = async (path: string, body: JsonObject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${api}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const { password, ...postgres } = login;
  const connection = { postgres: { host: warehouseHost, ...postgres, tls: "off" }, secret: { password } };
  await post("/connections", { name: "warehouse", ...connection });
  const shown = { line: {}, area: {}, bar: {}, stat: { value: "value" }, table: {} };
  const drawn = { x: "along", y: ["value"] };
  await post("/definitions", {
    dashboard_id: "orders",
    layout: {
      title: "Orders",
      panels: queries.map(({ kind }, at) => ({
        ...{ title: `Panel ${at + 1}`, datasource: `d${at}` },
        [kind]: kind === "stat" || kind === "table" ? shown[kind] : drawn,
      })),
    },
    datasources: queries.map(({ sql }, at) => ({
      id: `d${at}`,
      sql: { connection: "warehouse", query: sql.replaceAll("$1::numeric", ":least::numeric") },
    })),
  });
}

/** An amount that no other render has, so that nothing of it is kept. */
function least(round: number, at: number): string {
  return `${(round * (atOnce + 1) + at) / 1000}`;
}

/** Does the work so many times at once; returns how long each took. */
function together(round: number, work: (least: string) => Promise<unknown>): Promise<number[]> {
  return Promise.all(Array.from({ length: atOnce }, (_, at) => time(() => work(least(round, at)))));
}

async function time(work: () => PromiseLike<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function askAll(plain: Sql, least: string): Promise<unknown> {
  return Promise.all(queries.map(({ sql }) => plain.unsafe(sql, [least], { prepare: true })));
}

/** Renders, and fails where a panel has no data. */
function render({ api, token }: BenchService, agent: Agent, least: string): Promise<void> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const sent = request(`${api}/render`, { method: "POST", agent, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", reject);
    answer.on("end", () => {
      const body = Buffer.concat(chunks);
      const isWhole = answer.statusCode === 200 && !body.includes('"error":"source_');
      if (isWhole) resolve();
      else reject(new Error(`${answer.statusCode} ${body.subarray(-600)}`));
    });
  });
  sent.on("error", reject);
  sent.end(JSON.stringify({ dashboard_id: "orders", filters: { least } }));
  return done;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}
