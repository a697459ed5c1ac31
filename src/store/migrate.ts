import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { fault } from "../errors/fault.ts";
import { connect } from "./connection.ts";

const migrationsFolder = fileURLToPath(new URL("migrations", import.meta.url));

/**
 * Brings the database up to date. `url` logs in as its owner, on the server itself and not through a
 * pooler. Any number of processes may do so at the same time: one works, the others wait for it.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const connection = await connect(url, { session: false, withinMs: 5000 });
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
