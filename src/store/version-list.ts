import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Connection } from "./connection.ts";
import { and, desc, eq, lt, sql } from "./drizzle.ts";
import { epochMs } from "./epoch-ms.ts";
import { versions } from "./schema.ts";
import { queryTenant } from "./tenant-query.ts";

/** Which versions are wanted. */
export type VersionsWanted = {
  /** The last version of the page before; undefined for the first page. */
  readonly before: number | undefined;
  readonly limit: number;
};

/** A version without its content. */
export type VersionSummary = {
  readonly version: number;
  readonly author: string;
  readonly createTimeMs: number;
  readonly digest: string;
  /** Empty where nothing was said. */
  readonly note: string;
};

/** Lists a dashboard's versions, the newest first, also an archived one's; none for an unknown dashboard. */
export async function listVersions(
  connection: Connection,
  tenant: string,
  dashboardId: string,
  wanted: VersionsWanted,
): Promise<readonly VersionSummary[]> {
  return queryTenant(connection, tenant, (db) => selectVersions(db, tenant, dashboardId, wanted));
}

/** Builds the query of `listVersions`. */
export function selectVersions(db: PostgresJsDatabase, tenant: string, dashboardId: string, wanted: VersionsWanted) {
  const { before, limit } = wanted;
  return db
    .select({
      version: versions.version,
      author: versions.author,
      createTimeMs: epochMs(versions.createTime),
      digest: versions.digest,
      note: sql<string>`coalesce(${versions.note}, '')`,
    })
    .from(versions)
    .where(
      and(
        eq(versions.tenantId, tenant),
        eq(versions.dashboardId, dashboardId),
        before === undefined ? undefined : lt(versions.version, before),
      ),
    )
    .orderBy(desc(versions.version))
    .limit(limit);
}
