/** `npm run migrate`: brings the database up to date, as its owner, and exits. */
import { parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";
import { migrateDatabase } from "../store/migrate.ts";

const config = parseConfig(process.env, defaultDataDir());
const ownerUrl = config.databaseMigrateUrl ?? config.databaseUrl;

if (ownerUrl === undefined) {
  console.error("set DATABASE_MIGRATE_URL: a service without DATABASE_URL migrates its own database when it starts");
  process.exitCode = 2;
} else {
  await migrateDatabase(ownerUrl, console.error);
  console.log("the database is up to date");
}
