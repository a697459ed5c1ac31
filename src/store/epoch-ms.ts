import type { SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { sql } from "./drizzle.ts";

/** Selects a timestamp as whole milliseconds since 1970, whatever the session's style of dates. */
export function epochMs(column: PgColumn): SQL<number> {
  return sql<number>`floor(extract(epoch from ${column}) * 1000)::double precision`;
}
