import { create } from "@bufbuild/protobuf";
import { ConnectionSecretSchema, PostgresConnectionSchema } from "../gen/datajetty/dashboards/v1/connection_pb.js";
import { createBinding } from "../src/definition/filter-value.ts";
import { parseQuery } from "../src/definition/query.ts";
import type { OpenConnection } from "../src/source/connector.ts";
import { createPostgresConnector } from "../src/source/postgres/connector.ts";
import { measureTurns, median, medianRatio } from "./measure.ts";
import { ms, promise, say } from "./report.ts";
import { openBenchWarehouse } from "./warehouse.ts";

const rows = 10_000;

const query = "select id, at, region, latency_ms from orders";

/** Ten thousand rows of PostgreSQL: by our connector, to the frame, beside a plain query, to its rows. */
export async function benchPgRows(): Promise<void> {
  const warehouse = await openBenchWarehouse(rows);
  const { password, ...login } = warehouse.login;
  const connector = createPostgresConnector({ resolve: async () => ({ path: warehouse.socket }) });
  const plain = warehouse.plain(1);
  try {
    const connection: OpenConnection<"postgres"> = {
      ...{ tenant: "bench", name: "orders", revision: 1 },
      kind: { case: "postgres", value: create(PostgresConnectionSchema, { host: "bench", ...login, tls: "off" }) },
      secret: async () => create(ConnectionSecretSchema, { password }),
    };
    const question = { template: parseQuery(query), binding: createBinding([]) };
    const bounds = { timezone: "UTC", maxRows: rows, maxBytes: 4 * 1024 * 1024, timeoutMs: 10_000 };
    const sides = {
      ours: async () => {
        const { signal } = new AbortController();
        const frame = await connector.read(connection, question, { ...bounds, signal });
        const [ids, times, regions, latencies] = frame.columns.map(({ values }) => values);
        let sum = 0;
        for (let row = 0; row < frame.length; row += 1) {
          sum += Number(ids![row]) + Number(times![row]) + `${regions![row]}`.length + Number(latencies![row]);
        }
        return sum;
      },
      plain: async () => {
        let sum = 0;
        for (const { id, at, region, latency_ms } of await plain.unsafe(query, [], { prepare: true })) {
          sum += id + at.getTime() + region.length + latency_ms;
        }
        return sum;
      },
    };
    if ((await sides.ours()) !== (await sides.plain())) throw new Error("the two read different values");
    const took = await measureTurns(
      ["ours", "plain"] as const,
      async (name) => {
        const startMs = performance.now();
        await sides[name]();
        return performance.now() - startMs;
      },
      { turns: 61, warmUpTurns: 20 },
    );
    say("10,000 rows of PostgreSQL, to a frame", ms(median(took.ours)));
    say("the same by a plain query of postgres.js", ms(median(took.plain)));
    const ratio = medianRatio(took.ours, took.plain);
    promise("times a plain query", ratio, ratio <= 1.5, "at most 1.5");
  } finally {
    await Promise.all([connector.close(), plain.end()]);
    await warehouse.close();
  }
}
