import { create } from "@bufbuild/protobuf";
import { ConnectionSecretSchema, PostgresConnectionSchema } from "../gen/datajetty/dashboards/v1/connection_pb.js";
import { createBinding } from "../src/definition/filter-value.ts";
import { parseQuery } from "../src/definition/query.ts";
import type { OpenConnection } from "../src/source/connector.ts";
import { createPostgresConnector } from "../src/source/postgres/connector.ts";
import { type Benchmark, costAtMost, type Round } from "./benchmark.ts";
import { takeRounds } from "./rounds.ts";
import { timeMs } from "./time-ms.ts";
import { openBenchWarehouse } from "./warehouse.ts";

const rows = 10_000;

const query = "select id, at, region, latency_ms from orders";

/** Ten thousand rows of PostgreSQL by our connector, and by the driver that it uses. */
export const benchmark: Benchmark = {
  name: "pg-rows",
  about: "10,000 rows of PostgreSQL read to a frame, and to rows by a plain query of postgres.js",
  unit: "ms",
  goal: costAtMost(1.5),
  run: compareRows,
};

async function compareRows(): Promise<readonly Round[]> {
  await using started = new AsyncDisposableStack();
  const warehouse = await openBenchWarehouse(rows);
  started.defer(warehouse.close);
  const { password, ...login } = warehouse.login;
  const connector = createPostgresConnector({ resolve: async () => ({ path: warehouse.socket }) });
  started.defer(connector.close);
  const plain = warehouse.plain(1);
  started.defer(() => plain.end());
  const connection: OpenConnection<"postgres"> = {
    ...{ tenant: "bench", name: "orders", revision: 1 },
    kind: { case: "postgres", value: create(PostgresConnectionSchema, { host: "bench", ...login, tls: "off" }) },
    secret: async () => create(ConnectionSecretSchema, { password }),
  };
  const question = { template: parseQuery(query), binding: createBinding([]) };
  const bounds = { timezone: "UTC", maxRows: rows, maxBytes: 4 * 1024 * 1024, timeoutMs: 10_000 };

  /** Both look at each value: what a driver has not made yet, it makes then. */
  async function sumOurs(): Promise<number> {
    const { signal } = new AbortController();
    const frame = await connector.read(connection, question, { ...bounds, signal });
    const [ids, times, regions, latencies] = frame.columns.map(({ values }) => values);
    let sum = 0;
    for (let row = 0; row < frame.length; row += 1) {
      sum += Number(ids![row]) + Number(times![row]) + `${regions![row]}`.length + Number(latencies![row]);
    }
    return sum;
  }

  async function sumPlain(): Promise<number> {
    let sum = 0;
    for (const { id, at, region, latency_ms } of await plain.unsafe(query, [], { prepare: true })) {
      sum += id + at.getTime() + region.length + latency_ms;
    }
    return sum;
  }

  if ((await sumOurs()) !== (await sumPlain())) throw new Error("the two read different values");
  return await takeRounds({ warmUps: 20, rounds: 61 }, async () => ({
    ours: await timeMs(sumOurs),
    reference: await timeMs(sumPlain),
  }));
}
