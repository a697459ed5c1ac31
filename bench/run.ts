/**
 * `npm run bench`, or some of it by name: `npm run bench -- parquet`. Trust the ratios, which are of one run on
 * one machine, not the milliseconds. It fails when a figure that the project promises is missed.
 */
import { benchDrawing } from "./drawing.ts";
import { benchParquet } from "./parquet.ts";
import { benchPgRows } from "./pg-rows.ts";
import { conclude } from "./report.ts";
import { benchUncached } from "./uncached.ts";

const benches: Readonly<Record<string, () => Promise<void>>> = {
  drawing: benchDrawing,
  parquet: benchParquet,
  "pg-rows": benchPgRows,
  uncached: benchUncached,
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(", ")}: there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
for (const name of names) {
  console.log(`\n${name}`);
  await benches[name]!();
}
conclude();
