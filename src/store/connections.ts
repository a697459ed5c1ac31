import { fault } from "../errors/fault.ts";
import type { Connection } from "./connection.ts";

/** What a tenant's connection is from now on. */
export type ConnectionSave = {
  readonly name: string;
  /** Which kind it is, for whoever looks at the table. */
  readonly kind: string;
  /** Its kind and description as canonical JSON, kept as it is. */
  readonly settingsJson: string;
  /** The sealed secret; empty to have none, undefined to keep what is there. */
  readonly secret: string | undefined;
  /** Who saves: the subject of the caller's token. */
  readonly author: string;
  /** The revision that the caller has seen, 0 for none; undefined to save over whatever is there. */
  readonly expectedRevision: number | undefined;
  /** Throws where this must not replace what is there. */
  readonly check: (current: StoredConnection | undefined) => void;
};

/** A tenant's connection as it is now. */
export type StoredConnection = {
  readonly name: string;
  readonly settingsJson: string;
  /** The sealed secret; undefined where none is kept. */
  readonly secret: string | undefined;
  /** How often the name was saved. */
  readonly revision: number;
  readonly updatedBy: string;
  readonly createTimeMs: number;
  readonly updateTimeMs: number;
};

type ConnectionRow = {
  readonly name: string;
  readonly settings: string;
  readonly secret: string | null;
  readonly revision: number;
  readonly updated_by: string;
  readonly create_time_ms: number;
  readonly update_time_ms: number;
};

/** How many connections a tenant may have: each is a system of its own, and has its own share of what runs at once. */
const maxConnections = 200;

/**
 * How many names a tenant may use in all. A deleted one keeps its row for its revisions, and can be used again, so
 * that nobody is stuck; without an end, saving and deleting would fill the database.
 */
const maxNames = 10_000;

/** Returns a connection, unless it was deleted. */
export async function getConnection(
  { sql }: Connection,
  tenant: string,
  name: string,
): Promise<StoredConnection | undefined> {
  const [row] = await sql<ConnectionRow[]>`select * from get_connection(${tenant}, ${name})`;
  return row && toStored(name, row);
}

/** As `getConnection`, of many connections of any tenants, in their order. */
export async function getConnections(
  { sql }: Connection,
  wanted: readonly { readonly tenant: string; readonly id: string }[],
): Promise<readonly (StoredConnection | undefined)[]> {
  const asked = JSON.stringify(wanted.map(({ tenant, id }) => [tenant, id]));
  const rows = await sql<(ConnectionRow | { readonly settings: null })[]>`
    select found.*
    from jsonb_array_elements(${asked}::text::jsonb) with ordinality as asked (connection, place)
    left join lateral get_connection(connection ->> 0, connection ->> 1) as found on true
    order by asked.place`;
  return rows.map((row, at) => (row.settings === null ? undefined : toStored(wanted[at]!.id, row)));
}

function toStored(name: string, row: ConnectionRow): StoredConnection {
  return {
    name,
    settingsJson: row.settings,
    secret: row.secret ?? undefined,
    revision: row.revision,
    updatedBy: row.updated_by,
    createTimeMs: row.create_time_ms,
    updateTimeMs: row.update_time_ms,
  };
}

/**
 * Saves a connection, in the transaction that is open on the connection to the database. Saves of one tenant
 * queue up. Throws STALE_VERSION when the revision is not the expected one, QUOTA_EXCEEDED for one more, or one more
 * name, than a tenant may have, and what `check` throws.
 */
export async function saveConnection(
  connection: Connection,
  tenant: string,
  { name, kind, settingsJson, secret, author, expectedRevision, check }: ConnectionSave,
): Promise<StoredConnection> {
  const { sql } = connection;
  const [locked] = await sql<{ count: number }[]>`select lock_connections(${tenant}) as count`;
  const current = await getConnection(connection, tenant, name);
  const revision = current?.revision ?? 0;
  if (expectedRevision !== undefined && expectedRevision !== revision) throw stale(revision);
  if (current === undefined && locked!.count >= maxConnections) throw tooMany();
  if (current === undefined && (await isNameTooMany(connection, tenant, name))) throw tooManyNames();
  check(current);
  await sql`select save_connection(${tenant}, ${name}, ${kind}, ${settingsJson}, ${secret ?? null}, ${author})`;
  return (await getConnection(connection, tenant, name))!;
}

/**
 * Deletes a connection and its secret for good, in the transaction that is open, and returns its last revision.
 * Throws NOT_FOUND.
 */
export async function deleteConnection(
  { sql }: Connection,
  tenant: string,
  name: string,
  author: string,
): Promise<number> {
  await sql`select lock_connections(${tenant})`;
  const [deleted] = await sql<{ revision: number }[]>`
    update connections set kind = null, settings = null, secret = null, deleted_at = now(), updated_at = now(),
      updated_by = ${author}
    where tenant_id = ${tenant} and name = ${name} and deleted_at is null
    returning revision`;
  if (deleted === undefined) throw noSuchConnection();
  return deleted.revision;
}

/** Makes the fault for a connection that does not exist, or is another tenant's. */
export function noSuchConnection() {
  return fault("NOT_FOUND", "no such connection");
}

async function isNameTooMany({ sql }: Connection, tenant: string, name: string): Promise<boolean> {
  const [found] = await sql<{ isTooMany: boolean }[]>`
    select count(*) >= ${maxNames} and not bool_or(name = ${name}) as "isTooMany"
    from connections where tenant_id = ${tenant}`;
  return found!.isTooMany;
}

function stale(revision: number) {
  return fault(
    "STALE_VERSION",
    revision === 0
      ? "there is no such connection: leave expected_revision out, or give 0"
      : `the connection's revision is ${revision}: read it, merge, and try again with expected_revision ${revision}`,
  );
}

function tooMany() {
  return fault("QUOTA_EXCEEDED", `a tenant has at most ${maxConnections} connections: delete one that nothing uses`);
}

function tooManyNames() {
  return fault(
    "QUOTA_EXCEEDED",
    `a tenant has used at most ${maxNames} names of connections, deleted ones included: use one of those again`,
  );
}
