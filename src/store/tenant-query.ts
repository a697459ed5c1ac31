import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Connection } from "./connection.ts";

/**
 * Runs a query that is no function of the database's own for a tenant, in a transaction that only reads.
 * It takes a few round trips: what runs often is a function, which enters the tenant by itself.
 */
export async function queryTenant<T>(
  { sql, db, destroy }: Connection,
  tenant: string,
  query: (db: PostgresJsDatabase) => PromiseLike<T>,
): Promise<T> {
  try {
    await Promise.all([sql.unsafe("begin read only"), sql`select enter_tenant(${tenant})`]);
    const result = await query(db);
    await sql.unsafe("commit");
    return result;
  } catch (error) {
    await sql.unsafe("rollback").catch(destroy);
    throw error;
  }
}
