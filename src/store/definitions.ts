import { type Change, type Changed, settleChange, toChanged } from "./change.ts";
import type { Connection } from "./connection.ts";

/** What is saved as the next version of a dashboard. */
export type DefinitionSave = {
  readonly dashboardId: string;
  /** The definition's canonical JSON, kept as it is. */
  readonly json: string;
  /** SHA-256 of `json`, in hexadecimal. */
  readonly digest: string;
  readonly title: string;
  /** Who saves: the subject of the caller's token. */
  readonly author: string;
  /** What changed, as the author puts it; empty for nothing said. */
  readonly note: string;
  /** The active version that the caller has seen, 0 for none; undefined to save over whatever is there. */
  readonly expectedVersion: number | undefined;
};

/** Which version is brought back. */
export type VersionRestore = {
  readonly dashboardId: string;
  /** The version whose content is wanted; undefined for the one that was active last. */
  readonly version: number | undefined;
  readonly author: string;
  readonly note: string;
  readonly expectedVersion: number | undefined;
};

/** What is taken out of use. */
export type DefinitionArchive = { readonly dashboardId: string; readonly expectedVersion: number | undefined };

/** A version as it was saved. */
export type StoredVersion = {
  readonly dashboardId: string;
  readonly version: number;
  /** Whether it is what renders: the last version of a dashboard that is not archived. */
  readonly active: boolean;
  readonly json: string;
  readonly digest: string;
  readonly author: string;
  /** Empty where nothing was said. */
  readonly note: string;
  readonly createTimeMs: number;
  /** Whether the dashboard is archived. */
  readonly archived: boolean;
};

type VersionRow = {
  readonly version: number;
  readonly active: boolean;
  readonly content: string;
  readonly digest: string;
  readonly author: string;
  readonly note: string;
  readonly create_time_ms: number;
  readonly archived: boolean;
};

/**
 * Saves the next version and makes it active, in the transaction that is open on the connection; an
 * archived dashboard is in use again. Content equal to the last version adds none. Throws STALE_VERSION
 * when the expected version is not the active one, and QUOTA_EXCEEDED for more than the tenant may keep.
 */
export async function saveDefinition({ sql }: Connection, tenant: string, save: DefinitionSave): Promise<Changed> {
  const { dashboardId, json, digest, title, author, note, expectedVersion } = save;
  const change = await settleChange(sql<Change[]>`select * from save_definition_3(
    ${tenant}, ${dashboardId}, ${json}, ${digest}, ${title}, ${author}, ${note}, ${expectedVersion ?? null})`);
  return toChanged(change);
}

/**
 * Saves an earlier version's content, byte for byte, as the next version, as `saveDefinition` does.
 * Throws NOT_FOUND without such a version, and QUOTA_EXCEEDED.
 */
export async function restoreVersion({ sql }: Connection, tenant: string, restore: VersionRestore): Promise<Changed> {
  const { dashboardId, author, note, expectedVersion } = restore;
  const change = await settleChange(sql<Change[]>`select * from restore_version_2(
    ${tenant}, ${dashboardId}, ${restore.version ?? null}, ${author}, ${note}, ${expectedVersion ?? null})`);
  return toChanged(change);
}

/**
 * Takes a dashboard out of use, and says whether it was in use until now; what it has stays. Throws NOT_FOUND, and
 * STALE_VERSION.
 */
export async function archiveDefinition(
  { sql }: Connection,
  tenant: string,
  archive: DefinitionArchive,
): Promise<Changed> {
  const { dashboardId, expectedVersion } = archive;
  const [{ version }, [row]] = await Promise.all([
    settleChange(sql<Change[]>`
      select * from archive_definition(${tenant}, ${dashboardId}, ${expectedVersion ?? null})`),
    // In a transaction `now()` stays what it is.
    sql<{ changed: boolean }[]>`select archived_at = now() as changed from definitions
      where tenant_id = ${tenant} and dashboard_id = ${dashboardId}`,
  ]);
  return { version, changed: row!.changed };
}

/** Returns a version of a dashboard, an archived one too: the last one unless told which. */
export async function getVersion(
  { sql }: Connection,
  tenant: string,
  dashboardId: string,
  version: number | undefined,
): Promise<StoredVersion | undefined> {
  const [row] = await sql<VersionRow[]>`select * from get_version_2(${tenant}, ${dashboardId}, ${version ?? null})`;
  if (row === undefined) return undefined;
  const { content: json, create_time_ms: createTimeMs, ...rest } = row;
  return { dashboardId, json, createTimeMs, ...rest };
}

/** Returns the number of a dashboard's active version; undefined for an archived dashboard. */
export async function getActiveVersion(
  { sql }: Connection,
  tenant: string,
  dashboardId: string,
): Promise<number | undefined> {
  const [row] = await sql<{ version: number }[]>`select get_active_version(${tenant}, ${dashboardId}) as version`;
  return row?.version;
}

/** As `getActiveVersion`, of many dashboards of any tenants, in their order. */
export async function getActiveVersions(
  { sql }: Connection,
  dashboards: readonly { readonly tenant: string; readonly id: string }[],
): Promise<readonly (number | undefined)[]> {
  const asked = JSON.stringify(dashboards.map(({ tenant, id }) => [tenant, id]));
  const rows = await sql<{ version: number | null }[]>`
    select active.version
    from jsonb_array_elements(${asked}::text::jsonb) with ordinality as asked (dashboard, place)
    left join lateral get_active_version(dashboard ->> 0, dashboard ->> 1) as active (version) on true
    order by asked.place`;
  return rows.map(({ version }) => version ?? undefined);
}
