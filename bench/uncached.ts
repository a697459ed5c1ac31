import { Agent, request } from "node:http";
import type { Sql } from "postgres";
import { p99, timeEach } from "./at-once.ts";
import { type BenchService, startBenchService } from "./bench-service.ts";
import { atMostBeyond, type Benchmark, type Round } from "./benchmark.ts";
import { median } from "./median.ts";
import { orderQueries, ordersDashboard, saveOrdersDashboard } from "./orders-dashboard.ts";
import { takeRounds } from "./rounds.ts";
import { timeMs } from "./time-ms.ts";
import { openBenchWarehouse } from "./warehouse.ts";

const orders = 100_000;

/** How many renders are asked for at once. */
const atOnce = 50;

/** A round's slowest of a hundred are told from so many rushes of each side, which alternate. */
const rushes = 4;
const rounds = 5;

/** As many connections as our connector has for one. */
const plainConnections = 8;

/** Fifty renders at once of which nothing is kept. They may be that much later on the same cores, with all that is computed. */
export const benchmark: Benchmark = {
  name: "uncached",
  about: "p99 of 50 renders at once of 12 panels by PostgreSQL, and of their queries alone by a plain postgres.js",
  unit: "ms",
  goal: atMostBeyond(20, "ms"),
  run: compareUncached,
};

async function compareUncached(progress: (line: string) => void): Promise<readonly Round[]> {
  await using started = new AsyncDisposableStack();
  progress("preparing the warehouse");
  const warehouse = await openBenchWarehouse(orders);
  started.defer(warehouse.close);
  const plain = warehouse.plain(plainConnections);
  started.defer(() => plain.end());
  const service = await startBenchService(warehouse);
  started.defer(service.end);
  const agent = new Agent({ keepAlive: true });
  started.defer(async () => agent.destroy());
  await saveOrdersDashboard(service, warehouse);

  let asked = 0;
  const rush = (work: (least: string) => Promise<unknown>) =>
    Promise.all(Array.from({ length: atOnce }, () => timeMs(() => work(least(asked++)))));
  const rushBoth = async () => {
    const before = await service.cpuUs();
    const renders = await rush((least) => render(service, agent, least));
    const cpuUs = (await service.cpuUs()) - before;
    return { renders, queries: await rush((least) => askAll(plain, least)), cpuMs: cpuUs / 1_000 / atOnce };
  };
  // Whoever is cold refuses some of what comes all at once.
  await timeEach(2 * atOnce, 4, () => render(service, agent, least(asked++)));
  return await takeRounds({ warmUps: 1, rounds }, async () => {
    const both = await takeRounds({ warmUps: 0, rounds: rushes }, rushBoth);
    const renders = both.flatMap((one) => one.renders);
    const queries = both.flatMap((one) => one.queries);
    const [p50, alone] = [median(renders).toFixed(1), median(queries).toFixed(1)];
    const cpuMs = median(both.map((one) => one.cpuMs)).toFixed(1);
    progress(`p50 ${p50} and ${alone} ms, ${cpuMs} ms of the service's CPU a render`);
    return { ours: p99(renders), reference: p99(queries) };
  });
}

/** An amount that no other render has, so that nothing of it is kept. */
function least(asked: number): string {
  return `${asked / 1_000}`;
}

function askAll(plain: Sql, least: string): Promise<unknown> {
  return Promise.all(orderQueries.map(({ sql }) => plain.unsafe(sql, [least], { prepare: true })));
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
      const isWhole = answer.statusCode === 200 && body.includes('"partial":false');
      if (isWhole) resolve();
      else reject(new Error(`${answer.statusCode} ${body.subarray(-600)}`));
    });
  });
  sent.on("error", reject);
  sent.end(JSON.stringify({ dashboard_id: ordersDashboard, filters: { least } }));
  return done;
}
