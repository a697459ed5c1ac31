import { Readable } from "node:stream";
import postgres from "postgres";
import { ensureWarehouse } from "../src/store/embedded/warehouse.ts";
import { openStoreServer } from "./store-server.ts";

/** A PostgreSQL server of a bench's own, with a table of orders and a role that may only read it. */
export type BenchWarehouse = {
  /** Where the service may keep its own data: the URLs of its database and of that one's owner. */
  readonly url: string;
  readonly ownerUrl: string;
  /** The path of the server's socket. */
  readonly socket: string;
  readonly login: { readonly database: string; readonly user: string; readonly password: string };
  /** Connects plainly as that role, as whoever asks without a service would. */
  plain(max: number): postgres.Sql;
  /** Ends the server and removes all that it had. */
  close(): Promise<void>;
};

/** What is in the table `orders`, one an `id` from 0: regions and products repeat, times are five minutes apart. */
const shape = `id integer primary key, at timestamptz not null, region text not null, product integer not null,
  amount numeric(9, 2) not null, latency_ms double precision not null`;

/** Starts the server, with so many orders in it. */
export async function openBenchWarehouse(rows: number): Promise<BenchWarehouse> {
  const server = await openStoreServer();
  const login = { database: "bench_warehouse", user: "bench_reader", password: "bench" };
  try {
    const { database, user: reader, password } = login;
    const warehouse = { database, owner: "bench_owner", reader, password, table: "orders", shape, edition: "1" };
    await ensureWarehouse(server, warehouse, async () => Readable.from(orders(rows)));
  } catch (error) {
    await server.close();
    throw error;
  }
  const { url, ownerUrl, socket, close } = server;
  // The driver takes the path of a socket for the host, and undefined for no notices.
  const plain = (max: number) => postgres({ ...login, path: socket, max, onnotice: () => {} });
  return { url, ownerUrl, socket, login, plain, close };
}

/** PostgreSQL's text format: tabs between values, and a line a row. */
function* orders(rows: number): Generator<string> {
  const regions = ["IN", "US", "BR", "DE", "JP", "ZA", "FR", "MX"];
  const startMs = Date.UTC(2026, 0, 1);
  for (let id = 0; id < rows; id += 1) {
    const at = new Date(startMs + id * 300_000).toISOString();
    const amount = ((id * 104_729) % 100_000) / 100;
    const latencyMs = ((id * 31) % 9_973) / 7;
    yield `${id}\t${at}\t${regions[(id * 7919) % 8]}\t${(id * 613) % 97}\t${amount}\t${latencyMs}\n`;
  }
}
