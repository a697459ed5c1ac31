import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Connection, connect } from "../connection.ts";
import type { EmbeddedServer } from "./database.ts";
import { lockDownSql } from "./lock-down.ts";

/** A database beside the service's own, of one table that somebody may read. */
export type Warehouse = {
  readonly database: string;
  /** Owns the table, and cannot log in. */
  readonly owner: string;
  /** Logs in, owns nothing, and may do nothing but read the table. */
  readonly reader: string;
  readonly password: string;
  readonly table: string;
  /** The table's columns and constraints, in SQL. */
  readonly shape: string;
  /** Which rows these are: a table of another edition is replaced. */
  readonly edition: string;
};

/** How the reader's sessions are bounded, whoever asks: by what a page of charts needs, and then some. */
const readerSettings = {
  default_transaction_read_only: "on",
  statement_timeout: "'5s'",
  lock_timeout: "'1s'",
  idle_in_transaction_session_timeout: "'10s'",
  temp_file_limit: "'64MB'",
  work_mem: "'8MB'",
};

const readerConnections = 20;

/**
 * Makes the warehouse, unless it is there. `rows` gives its rows as COPY's text format, and is only asked where they
 * are missing. The table appears with all of them or not at all, however the process ends.
 */
export async function ensureWarehouse(
  { superuserUrl }: EmbeddedServer,
  warehouse: Warehouse,
  rows: () => Promise<Readable>,
): Promise<void> {
  if (await isWhole(superuserUrl, warehouse)) return;
  const inside = urlInto(superuserUrl, warehouse.database);
  const prepare = async () => {
    await onConnection(superuserUrl, (connection) => provision(connection, warehouse));
    await onConnection(inside, ({ sql }) => sql.unsafe(lockDownSql));
  };
  const [source] = await Promise.all([rows(), prepare()]);
  await onConnection(inside, (connection) => fill(connection, warehouse, source));
}

/** Whether the reader can read the rows: nothing is missing then, since they come last. */
async function isWhole(superuserUrl: string, { database, reader, password, table, edition }: Warehouse) {
  const url = urlInto(superuserUrl, database, { username: reader, password });
  return onConnection(url, async ({ sql }) => {
    const [found] = await sql`select obj_description(to_regclass(${table}), 'pg_class') as edition`;
    return found?.edition === edition;
  }).catch(() => false);
}

async function provision({ sql }: Connection, { database, owner, reader, password }: Warehouse): Promise<void> {
  for (const role of [owner, reader]) {
    const [there] = await sql`select from pg_roles where rolname = ${role}`;
    if (there === undefined) await sql.unsafe(`create role ${role}`);
  }
  await sql.unsafe(`alter role ${reader} login password '${password}' connection limit ${readerConnections}`);
  for (const [name, value] of Object.entries(readerSettings)) {
    await sql.unsafe(`alter role ${reader} set ${name} = ${value}`);
  }
  const [there] = await sql`select from pg_database where datname = ${database}`;
  if (there === undefined) await sql.unsafe(`create database ${database} owner ${owner}`);
}

async function fill({ sql }: Connection, warehouse: Warehouse, rows: Readable): Promise<void> {
  const { database, owner, reader, table, shape, edition } = warehouse;
  await sql.unsafe(`
    begin;
    grant connect on database ${database} to ${reader};
    grant usage on schema public to ${reader};
    set local role ${owner};
    drop table if exists ${table};
    create table ${table} (${shape})`);
  await pipeline(rows, await sql.unsafe(`copy ${table} from stdin`).writable());
  await sql.unsafe(`
    analyze ${table};
    grant select on ${table} to ${reader};
    comment on table ${table} is '${edition}';
    commit`);
}

function urlInto(superuserUrl: string, database: string, login: { username?: string; password?: string } = {}): string {
  return Object.assign(new URL(superuserUrl), { pathname: `/${database}`, ...login }).href;
}

async function onConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { session: false, withinMs: 5_000 });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
