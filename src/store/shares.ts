import type { Connection } from "./connection.ts";
import { shares } from "./schema.ts";

/** A share link to keep. */
export type ShareCreate = {
  readonly shareId: string;
  readonly dashboardId: string;
  /** The version that the link shows for ever; undefined to follow the active one. */
  readonly version: number | undefined;
  /** The filters it fixes, as a JSON object's text. */
  readonly filtersJson: string;
  readonly expiresAtMs: number;
  /** The subject of the caller's token. */
  readonly createdBy: string;
};

/** A share link as it is now. */
export type StoredShare = {
  readonly shareId: string;
  readonly dashboardId: string;
  readonly version: number | undefined;
  readonly filtersJson: string;
  readonly expiresAtMs: number;
  readonly revoked: boolean;
};

type ShareRow = {
  readonly dashboard_id: string;
  readonly version: number | null;
  readonly filters: string;
  readonly expires_at_ms: number;
  readonly revoked: boolean;
};

/** Keeps a share link, in the transaction that is open on the connection. Throws NOT_FOUND without such a version. */
export async function createShare({ db }: Connection, tenant: string, share: ShareCreate): Promise<void> {
  await db.insert(shares).values({
    tenantId: tenant,
    shareId: share.shareId,
    dashboardId: share.dashboardId,
    version: share.version ?? null,
    filters: share.filtersJson,
    expiresAt: new Date(share.expiresAtMs),
    createdBy: share.createdBy,
  });
}

/** Returns a share link, expired and revoked ones too. */
export async function getShare({ sql }: Connection, tenant: string, shareId: string): Promise<StoredShare | undefined> {
  const [row] = await sql<ShareRow[]>`select * from get_share(${tenant}, ${shareId})`;
  return (
    row && {
      shareId,
      dashboardId: row.dashboard_id,
      version: row.version ?? undefined,
      filtersJson: row.filters,
      expiresAtMs: row.expires_at_ms,
      revoked: row.revoked,
    }
  );
}
