import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Connection } from "./connection.ts";
import { and, desc, eq, isNull, sql } from "./drizzle.ts";
import { epochMs } from "./epoch-ms.ts";
import { shares } from "./schema.ts";
import { queryTenant } from "./tenant-query.ts";

/** Which links are wanted. */
export type SharesWanted = {
  /** Undefined for those of all dashboards. */
  readonly dashboardId: string | undefined;
  /** The last link of the page before; undefined for the first page. */
  readonly after: Pick<ShareSummary, "createTimeKey" | "shareId"> | undefined;
  readonly limit: number;
};

/** A link in a list. */
export type ShareSummary = {
  readonly shareId: string;
  readonly dashboardId: string;
  /** The version that it shows for ever; undefined where it follows the active one. */
  readonly version: number | undefined;
  /** The filters it fixes, as a JSON object's text. */
  readonly filtersJson: string;
  readonly viewerFilters: readonly string[];
  readonly frameAncestors: readonly string[];
  readonly createTimeMs: number;
  /** The same instant in full, which milliseconds are too coarse for: whole microseconds since 1970, as digits. */
  readonly createTimeKey: string;
  readonly expiresAtMs: number;
  readonly createdBy: string;
  readonly opens: number;
  /** Undefined where it was never opened. */
  readonly lastOpenedAtMs: number | undefined;
  /** Whether it shows what was kept when it was made. */
  readonly snapshot: boolean;
};

/**
 * Lists links, the newest first, that are neither revoked nor expired by the database's clock. An archived
 * dashboard's are among them: they work again once it is restored.
 */
export async function listShares(
  connection: Connection,
  tenant: string,
  wanted: SharesWanted,
): Promise<readonly ShareSummary[]> {
  const rows = await queryTenant(connection, tenant, (db) => selectShares(db, tenant, wanted));
  return rows.map(({ version, lastOpenedAtMs, ...row }) => ({
    ...row,
    version: version ?? undefined,
    lastOpenedAtMs: lastOpenedAtMs ?? undefined,
  }));
}

/** Builds the query of `listShares`. */
export function selectShares(db: PostgresJsDatabase, tenant: string, { dashboardId, after, limit }: SharesWanted) {
  return db
    .select({
      shareId: shares.shareId,
      dashboardId: shares.dashboardId,
      version: shares.version,
      filtersJson: shares.filters,
      viewerFilters: shares.viewerFilters,
      frameAncestors: shares.frameAncestors,
      createTimeMs: epochMs(shares.createdAt),
      createTimeKey: sql<string>`(extract(epoch from ${shares.createdAt}) * 1000000)::bigint::text`,
      expiresAtMs: epochMs(shares.expiresAt),
      createdBy: shares.createdBy,
      opens: shares.opens,
      lastOpenedAtMs: sql<number | null>`${epochMs(shares.lastOpenedAt)}`,
      snapshot: shares.snapshot,
    })
    .from(shares)
    .where(
      and(
        eq(shares.tenantId, tenant),
        dashboardId === undefined ? undefined : eq(shares.dashboardId, dashboardId),
        isNull(shares.revokedAt),
        sql`${shares.expiresAt} > now()`,
        after && sql`(${shares.createdAt}, ${shares.shareId}) < (${instantOf(after.createTimeKey)}, ${after.shareId})`,
      ),
    )
    .orderBy(desc(shares.createdAt), desc(shares.shareId))
    .limit(limit);
}

/** Microseconds of this century have 16 digits, which a double holds exactly. */
function instantOf(createTimeKey: string) {
  return sql`timestamptz 'epoch' + ${createTimeKey}::double precision * interval '1 microsecond'`;
}
