import type { Connection } from "./connection.ts";
import { getVersion, type StoredVersion } from "./definitions.ts";
import { getDraft, type StoredDraft } from "./drafts.ts";
import type { StoredShare } from "./shares.ts";

/** A link that shows whichever version is active. */
export type FollowingLink = Pick<StoredShare, "shareId" | "filtersJson" | "viewerFilters">;

/** What publishing a dashboard's draft would begin with, as it was at one moment. */
export type Publication = {
  /** Undefined where there is none. */
  readonly draft: StoredDraft | undefined;
  /** The active version, an archived dashboard's last one; undefined where nothing was published yet. */
  readonly current: StoredVersion | undefined;
  /** The links that work and follow the active version, the newest first. */
  readonly links: readonly FollowingLink[];
};

type LinkRow = {
  readonly share_id: string;
  readonly filters: string;
  readonly viewer_filters: readonly string[];
};

/** Reads what publishing the draft would begin with, and as many links as are wanted, at one moment. */
export async function readPublication(
  connection: Connection,
  tenant: string,
  dashboardId: string,
  mostLinks: number,
): Promise<Publication> {
  const { sql, destroy } = connection;
  try {
    await sql.unsafe("begin isolation level repeatable read read only");
    // This enters the tenant, for the rest of the transaction.
    const draft = await getDraft(connection, tenant, dashboardId);
    const current = await getVersion(connection, tenant, dashboardId, undefined);
    const links = await sql<LinkRow[]>`
      select share_id, filters, to_jsonb(viewer_filters) as viewer_filters from shares
      where tenant_id = ${tenant} and dashboard_id = ${dashboardId} and version is null
        and revoked_at is null and expires_at > now()
      order by created_at desc, share_id desc limit ${mostLinks}`;
    await sql.unsafe("commit");
    return {
      draft,
      current,
      links: links.map((row) => ({
        shareId: row.share_id,
        filtersJson: row.filters,
        viewerFilters: row.viewer_filters,
      })),
    };
  } catch (error) {
    await sql.unsafe("rollback").catch(destroy);
    throw error;
  }
}
