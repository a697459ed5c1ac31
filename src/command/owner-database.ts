import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { openEmbeddedDatabase } from "../store/embedded/database.ts";
import { findRunningDatabase } from "../store/embedded/running.ts";
import { migrateDatabase } from "../store/migrate.ts";

/**
 * Returns the URL by which the owner of the service's database logs in: the environment's, or else that of the
 * embedded database of `dataDir`, whether or not a service runs on it. What it starts ends with `opened`. Throws an
 * Error for whoever called where there is no such database.
 */
export async function findOwnerUrl(
  config: Pick<Config, "databaseUrl" | "databaseMigrateUrl">,
  dataDir: string,
  opened: AsyncDisposableStack,
): Promise<string> {
  const url = config.databaseMigrateUrl ?? config.databaseUrl;
  if (url !== undefined) return url;
  const folder = join(dataDir, "postgres");
  if (!existsSync(join(folder, "data"))) {
    throw new Error("there is no database: set DATABASE_MIGRATE_URL, or DATA_DIR to the folder of a service that ran");
  }
  try {
    const { ownerUrl, close } = await openEmbeddedDatabase({ folder, log: createLog("warn"), progress: () => {} });
    opened.defer(close);
    await migrateDatabase(ownerUrl);
    return ownerUrl;
  } catch (error) {
    const running = await findRunningDatabase(folder);
    if (running === undefined) throw error;
    return running;
  }
}
