/** `npm run migrate`: brings the database up to date, as its owner, and exits. */
import { migrateOwn, noDatabase } from "./migrate-own.ts";

if (await migrateOwn(process.env, console.error)) {
  console.log("the database is up to date");
} else {
  console.error(noDatabase);
  process.exitCode = 2;
}
