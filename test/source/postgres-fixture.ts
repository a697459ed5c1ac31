/**
 * A PostgreSQL database with a table of sales, and a role that may read it and nothing else, in the server
 * that all tests share; and servers that misbehave.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { create } from "@bufbuild/protobuf";
import {
  type ConnectionSecret,
  ConnectionSecretSchema,
  type PostgresConnection,
  PostgresConnectionSchema,
} from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { type BoundValue, createBinding } from "../../src/definition/filter-value.ts";
import { parseQuery } from "../../src/definition/query.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import type { Address, Connector, OpenConnection, ReadBounds } from "../../src/source/connector.ts";
import { createPostgresConnector } from "../../src/source/postgres/connector.ts";
import type { SqlQuestion } from "../../src/source/sql-question.ts";
import { createTestDatabase, onConnection } from "../store/database.ts";

/** What is left of a connection's description to be told. */
type Where = Partial<Pick<PostgresConnection, "host" | "database" | "user" | "tls" | "caCertificate">> & {
  readonly password?: string;
  readonly tenant?: string;
  readonly name?: string;
  readonly revision?: number;
  readonly secret?: () => Promise<ConnectionSecret>;
};

/** The database of sales. */
export type Warehouse = {
  readonly address: Address;
  readonly user: string;
  /** The URL for the role, and for a superuser. */
  readonly url: string;
  readonly superuserUrl: string;
  connection(where?: Where): OpenConnection<"postgres">;
  /** Runs statements as a superuser, and returns the rows of the last. */
  run(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** The sessions that the role has. */
  sessions(): Promise<readonly { readonly pid: number; readonly state: string; readonly query: string }[]>;
  close(): Promise<void>;
};

/** Creates the database: `sales`, `secrets`, which the role may not read, and what a query may call in it. */
export async function createWarehouse(): Promise<Warehouse> {
  const { superuserUrl } = await createTestDatabase();
  const user = `dash_reader_${process.pid}_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(8).toString("hex");
  const url = new URL(superuserUrl);
  Object.assign(url, { username: user, password });
  const host = decodeURIComponent(url.hostname);
  const port = Number(url.port || 5432);
  const address: Address = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const run = (sql: string) =>
    onConnection(superuserUrl, async (connection) => {
      const result = await connection.sql.unsafe(sql);
      return (Array.isArray(result[0]) ? result.at(-1) : result) as unknown as readonly Record<string, unknown>[];
    });
  await run(`
    create role ${user} login password '${password}';
    create table sales (id serial primary key, region text, amount numeric(12, 2), at timestamptz);
    insert into sales (region, amount, at)
      select (array['north', 'south'])[1 + g % 2], g * 1.25, timestamptz '2026-01-01 00:00Z' + g * interval '1 hour'
      from generate_series(1, 100) g;
    create table secrets (word text);
    insert into secrets values ('canary-of-the-warehouse');
    grant select on sales to ${user};
    grant usage on schema public to ${user}`);
  return {
    address,
    user,
    url: url.href,
    superuserUrl,
    connection: ({ password: other = password, tenant = "acme", name = "db", revision = 1, secret, ...rest } = {}) => ({
      ...{ tenant, name, revision },
      kind: {
        case: "postgres",
        value: create(PostgresConnectionSchema, {
          ...{ host: "db.example.test", database: url.pathname.slice(1), user, tls: "off" },
          ...rest,
        }),
      },
      secret: secret ?? (async () => create(ConnectionSecretSchema, { password: other })),
    }),
    run,
    sessions: async () =>
      (await run(
        `select pid, state, query from pg_stat_activity where usename = '${user}' order by backend_start`,
      )) as unknown as Awaited<ReturnType<Warehouse["sessions"]>>,
    close: async () => void (await run(`drop owned by ${user} cascade; drop role ${user}`)),
  };
}

/** Creates a connector for which every host leads to the address. */
export function connectTo(address: Address): Connector<"postgres", SqlQuestion> {
  return createPostgresConnector({ resolve: async () => address });
}

/** A question, by its text and its values. */
export function toQuestion(query: string, values: Readonly<Record<string, BoundValue>> = {}): SqlQuestion {
  return { template: parseQuery(query), binding: createBinding(Object.entries(values)) };
}

/** Bounds that nothing reaches, but for those given; and a signal that never aborts by itself. */
export function boundsOf(rest: Partial<ReadBounds> = {}): ReadBounds {
  const signal = new AbortController().signal;
  return { timezone: "Europe/Berlin", maxRows: 10_000, maxBytes: 4_000_000, timeoutMs: 5000, signal, ...rest };
}

/** Bounds whose signal aborts when their time is up, as the runner's does. */
export function boundsOfMs(timeoutMs: number, rest: Partial<ReadBounds> = {}): ReadBounds {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), timeoutMs);
  return boundsOf({ timeoutMs, signal: controller.signal, ...rest });
}

/** Returns the columns in short: their types, and values that compare. */
export function inShort({ columns }: Frame): Record<string, readonly [type: string, values: readonly unknown[]]> {
  const toType = (column: Column) => (column.type === "time" && column.zoned ? "instant" : column.type);
  const toValue = (value: unknown) => (value instanceof Float64Array ? [...value] : value);
  return Object.fromEntries(columns.map((each) => [each.name, [toType(each), [...each.values].map(toValue)]]));
}

/** A listener of a test's own. */
export type Listener = { readonly address: Address; close(): Promise<void> };

/** Listens on loopback and serves each connection by `serve`. */
export async function listen(serve: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Puts TLS in front of a server, as PostgreSQL has it, by the certificate below. */
export function listenByTls(target: Address): Promise<Listener> {
  return listen((near) => {
    near.once("data", () => {
      near.write("S");
      const secure = new TLSSocket(near, { isServer: true, secureContext: createSecureContext({ cert, key }) });
      const far = connect(target);
      near.on("close", () => far.destroy());
      secure.on("error", () => far.destroy());
      far.on("error", () => secure.destroy());
      secure.pipe(far).pipe(secure);
    });
  });
}

/** Of `db.example.test`, signed by itself for these tests alone, until 2126. */
export const cert = `-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUF+8p2HbfsbFzIaHmtxqBQHu0uHkwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPZGIuZXhhbXBsZS50ZXN0MCAXDTI2MTEyNjAxMjMxMVoYDzIx
MjYxMTAyMDEyMzExWjAaMRgwFgYDVQQDDA9kYi5leGFtcGxlLnRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQfDuE8/k4S0OmlgXvlRPFyuJ8zztPsnYxr/4fH
R5uM+wxXuySgci6mj1mwvdiRUZxxeZrvJ2yGcOVqtK7yqDmwo28wbTAdBgNVHQ4E
FgQUXcv3cEH3UQWpWPwulplRV/dAfNAwHwYDVR0jBBgwFoAUXcv3cEH3UQWpWPwu
lplRV/dAfNAwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9kYi5leGFtcGxl
LnRlc3QwCgYIKoZIzj0EAwIDRwAwRAIgKe5Z4H48pYGxgCwlviw1SSfBVfEw1f2w
sbKoWFCnum4CIFfE9p851ta+Ga2nbx0zOXUV8St0tUgj/cOj/cRxgAxq
-----END CERTIFICATE-----
`;

const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEzzr5t4DaOnWhlrM
7s+iLlNfnbxHqsrQntwevSgfj+KhRANCAAQfDuE8/k4S0OmlgXvlRPFyuJ8zztPs
nYxr/4fHR5uM+wxXuySgci6mj1mwvdiRUZxxeZrvJ2yGcOVqtK7yqDmw
-----END PRIVATE KEY-----
`;
