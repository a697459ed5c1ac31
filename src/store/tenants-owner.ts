import type { Sql } from "postgres";
import { type Connection, connect } from "./connection.ts";
import { toDatabaseFault } from "./database-fault.ts";

/**
 * Connects as the database's owner, for what an operator does to tenants. `ownerUrl` leads to the server itself and
 * not through a pooler. Throws an Error for whoever called where the role is another one, to which there would seem to
 * be no tenants, and where the database is an earlier release's.
 */
export async function connectAsOwner(ownerUrl: string): Promise<Connection> {
  const connection = await connect(ownerUrl, { session: false, withinMs: 5_000 });
  try {
    const [found] = await connection.sql<{ owns: boolean; ready: boolean }[]>`
      select pg_has_role(current_user, relowner, 'usage') as owns,
        to_regproc('public.list_tenants') is not null and to_regproc('public.write_audit') is not null as ready
      from pg_class where oid = to_regclass('public.tenants')`;
    if (found?.owns === false) throw new Error("log in as the owner of the database, by DATABASE_MIGRATE_URL");
    if (!found?.ready) throw new Error("the database is not of this release: run npm run migrate first");
    return connection;
  } catch (error) {
    await connection.end();
    throw error;
  }
}

/** What a transaction does for one tenant. */
export type TenantWork = {
  /** How it begins; READ COMMITTED unless told. */
  readonly begin?: string;
  /** The role that it runs as; the login's own unless told. */
  readonly role?: string;
};

/**
 * Runs the work in a transaction in which row security shows the tenant's rows alone. Throws a fault where the
 * database fails, and what the work throws.
 */
export async function forTenant<T>(
  { sql }: Connection,
  tenant: string,
  work: (sql: Sql) => Promise<T>,
  { begin = "begin", role = "none" }: TenantWork = {},
): Promise<T> {
  try {
    await sql.unsafe(begin);
    await sql`select set_config('role', ${role}, true), set_config('app.tenant_id', ${tenant}, true),
      set_config('TimeZone', 'UTC', true)`;
    const result = await work(sql);
    await sql.unsafe("commit");
    return result;
  } catch (error) {
    await sql.unsafe("rollback").catch(() => {});
    throw isDriverError(error) ? toDatabaseFault(error) : error;
  }
}

function isDriverError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
