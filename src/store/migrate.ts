import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { fault } from "../errors/fault.ts";
import { connect } from "./connection.ts";
import { databaseDown } from "./database-fault.ts";

const migrationsFolder = fileURLToPath(new URL("migrations", import.meta.url));

/**
 * Brings the database up to date, as the role that owns it: `url` must go to the server itself, not through a
 * pooler. Any number of processes may do so at the same time: one works, the others wait for it.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const connection = await connect(url, { session: false }).catch((error) => Promise.reject(databaseDown(error)));
  try {
    // Drizzle's migrator takes no lock of its own. This one is the session's, and ends with it.
    await connection.sql`select pg_advisory_lock(7270001)`;
    await migrate(drizzle({ client: connection.sql }), { migrationsFolder });
  } catch (error) {
    throw fault("DEPENDENCY_DOWN", "the database could not be migrated: log in as the owner of the database", {
      cause: error,
    });
  } finally {
    await connection.end();
  }
}
