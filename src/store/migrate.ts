import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fault } from "../errors/fault.ts";
import { type Connection, connect } from "./connection.ts";
import { isLockNotAvailable } from "./database-fault.ts";
import { drizzle, migrate } from "./drizzle.ts";

const migrationsFolder = fileURLToPath(new URL("migrations", import.meta.url));

/** How long everybody else may have to wait behind a migration that waits for a table: less than a read may take. */
const lockMs = 300;

/** Time for whoever waited to be done. */
const pauseMs = 1_000;

/**
 * Brings the database up to date. `url` logs in as its owner, on the server itself and not through a
 * pooler. Any number of processes may do so at the same time: one works, the others wait for it. Where somebody
 * holds a table for long, such as a backup, it tries again each second until it can be had, and says so once: to wait
 * in the queue would stop all replicas meanwhile.
 */
export async function migrateDatabase(url: string, progress: (line: string) => void = () => {}): Promise<void> {
  const connection = await connect(url, { session: false, withinMs: 5000 });
  try {
    // Drizzle's migrator takes no lock of its own. This one is the session's, and ends with it.
    await connection.sql`select pg_advisory_lock(7270001)`;
    await connection.sql`select set_config('lock_timeout', ${`${lockMs}ms`}, false)`;
    for (let tries = 0; !(await isMigrated(connection)); tries += 1) {
      if (tries === 0) progress("waiting to migrate the database: another session, such as a backup, is using it");
      await sleep(pauseMs);
    }
  } catch (error) {
    throw fault("DEPENDENCY_DOWN", "the database could not be migrated: log in as the owner of the database", {
      cause: error,
    });
  } finally {
    await connection.end();
  }
}

/** Returns false where a lock could not be had: then nothing was done. */
async function isMigrated({ sql }: Connection): Promise<boolean> {
  try {
    await migrate(drizzle({ client: sql }), { migrationsFolder });
    return true;
  } catch (error) {
    if (isLockNotAvailable(error)) return false;
    throw error;
  }
}
