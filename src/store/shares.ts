import { fault } from "../errors/fault.ts";
import type { Connection } from "./connection.ts";
import { noSuchVersion } from "./database-fault.ts";
import { and, eq, sql } from "./drizzle.ts";
import { shares } from "./schema.ts";

/** A share link to keep. */
export type ShareCreate = {
  readonly shareId: string;
  readonly dashboardId: string;
  /** The version that the link shows for ever; undefined to follow the active one. */
  readonly version: number | undefined;
  /** The filters it fixes, as a JSON object's text. */
  readonly filtersJson: string;
  /** The filters that whoever opens it may change, by name. */
  readonly viewerFilters: readonly string[];
  /** The origins whose pages may show it in a frame. */
  readonly frameAncestors: readonly string[];
  readonly expiresAtMs: number;
  /** The subject of the caller's token. */
  readonly createdBy: string;
  /** What it shows for ever, as `getSnapshot` returns it; undefined for a link that shows live data. */
  readonly snapshot?: Uint8Array | undefined;
};

/** A share link as it is now. */
export type StoredShare = {
  readonly shareId: string;
  readonly dashboardId: string;
  readonly version: number | undefined;
  readonly filtersJson: string;
  readonly viewerFilters: readonly string[];
  readonly frameAncestors: readonly string[];
  readonly expiresAtMs: number;
  readonly revoked: boolean;
  /** Whether it shows what was kept when it was made. */
  readonly snapshot: boolean;
};

type ShareRow = {
  readonly dashboard_id: string;
  readonly version: number | null;
  readonly filters: string;
  readonly viewer_filters: readonly string[];
  readonly frame_ancestors: readonly string[];
  readonly expires_at_ms: number;
  readonly revoked: boolean;
  readonly snapshot: boolean;
};

/**
 * Keeps a share link, in the transaction that is open on the connection. Throws NOT_FOUND without such a
 * version, and for a dashboard that is archived or was never published, and QUOTA_EXCEEDED for a snapshot that is more
 * than the tenant may keep.
 */
export async function createShare({ sql }: Connection, tenant: string, share: ShareCreate): Promise<void> {
  const texts = (list: readonly string[]) =>
    sql`array(select jsonb_array_elements_text(${JSON.stringify(list)}::text::jsonb))`;
  const { count } = await sql`
    insert into shares (tenant_id, share_id, dashboard_id, version, filters, viewer_filters, frame_ancestors,
      expires_at, created_by, snapshot)
    select tenant_id, ${share.shareId}, dashboard_id, ${share.version ?? null}::integer, ${share.filtersJson},
      ${texts(share.viewerFilters)}, ${texts(share.frameAncestors)},
      timestamptz 'epoch' + ${share.expiresAtMs}::double precision * interval '1 millisecond', ${share.createdBy},
      ${share.snapshot !== undefined}
    from definitions
    where tenant_id = ${tenant} and dashboard_id = ${share.dashboardId}
      and current_version > 0 and archived_at is null`;
  if (count === 0) throw noSuchVersion();
  if (share.snapshot === undefined) return;
  await sql`select keep_snapshot(${tenant}, ${share.dashboardId}, ${share.shareId}, ${share.snapshot})`;
}

/**
 * Withdraws a link for good, in the transaction that is open on the connection, and says whether it was not
 * withdrawn until now. Its snapshot is deleted. Throws NOT_FOUND.
 */
export async function revokeShare({ sql: query, db }: Connection, tenant: string, shareId: string): Promise<boolean> {
  const [revoked] = await db
    .update(shares)
    .set({ revokedAt: sql`coalesce(${shares.revokedAt}, now())` })
    .where(and(eq(shares.tenantId, tenant), eq(shares.shareId, shareId)))
    // In a transaction `now()` stays what it is.
    .returning({ isNew: sql<boolean>`${shares.revokedAt} = now()`, snapshot: shares.snapshot });
  if (revoked === undefined) throw fault("NOT_FOUND", "no such link");
  if (revoked.snapshot) await query`select drop_snapshot(${tenant}, ${shareId})`;
  return revoked.isNew;
}

/** Returns a share link, expired and revoked ones too. */
export async function getShare({ sql }: Connection, tenant: string, shareId: string): Promise<StoredShare | undefined> {
  const [row] = await sql<ShareRow[]>`select * from get_share_3(${tenant}, ${shareId})`;
  return (
    row && {
      shareId,
      dashboardId: row.dashboard_id,
      version: row.version ?? undefined,
      filtersJson: row.filters,
      viewerFilters: row.viewer_filters,
      frameAncestors: row.frame_ancestors,
      expiresAtMs: row.expires_at_ms,
      revoked: row.revoked,
      snapshot: row.snapshot,
    }
  );
}

/** Returns what a link shows for ever, as it was kept; undefined where nothing is kept, or no longer. */
export async function getSnapshot(
  { sql }: Connection,
  tenant: string,
  shareId: string,
): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ content: Uint8Array }[]>`select * from get_snapshot(${tenant}, ${shareId})`;
  return row?.content;
}
