import { parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";
import { migrateDatabase } from "../store/migrate.ts";

/** What to say where there is nothing to migrate. */
export const noDatabase =
  "set DATABASE_MIGRATE_URL: a service without DATABASE_URL migrates its own database when it starts";

/**
 * Brings the environment's database up to date, as its owner, telling what it does a line at a time. Returns whether
 * the environment names one.
 */
export async function migrateOwn(
  env: Readonly<Record<string, string | undefined>>,
  progress: (line: string) => void,
): Promise<boolean> {
  const config = parseConfig(env, defaultDataDir());
  const ownerUrl = config.databaseMigrateUrl ?? config.databaseUrl;
  if (ownerUrl === undefined) return false;
  await migrateDatabase(ownerUrl, progress);
  return true;
}
