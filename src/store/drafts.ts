import { type Change, type Changed, settleChange, toChanged } from "./change.ts";
import type { Connection } from "./connection.ts";
import type { DefinitionSave } from "./definitions.ts";

/** What is kept as a dashboard's draft. */
export type DraftSave = DefinitionSave & {
  /** The revision that the caller has seen, 0 for no draft; undefined to write over whatever is there. */
  readonly expectedRevision: number | undefined;
};

/** Which draft becomes a version. */
export type DraftPublish = {
  readonly dashboardId: string;
  /** Who publishes: the version's author. */
  readonly author: string;
  /** What changed; the draft's own note when empty. */
  readonly note: string;
  readonly expectedVersion: number | undefined;
  readonly expectedRevision: number | undefined;
};

/** A draft as it is now. */
export type StoredDraft = {
  readonly dashboardId: string;
  readonly json: string;
  readonly digest: string;
  readonly title: string;
  /** Who saved it last. */
  readonly author: string;
  readonly note: string;
  /**
   * Counts the changes of a dashboard's drafts, from 1. The next draft counts on, so that nobody takes it
   * for the one before.
   */
  readonly revision: number;
  /** The version that was active when it was begun, 0 for none. */
  readonly baseVersion: number;
  readonly updateTimeMs: number;
  /** Whether the dashboard is archived. */
  readonly archived: boolean;
};

type DraftRow = {
  readonly content: string;
  readonly digest: string;
  readonly title: string;
  readonly author: string;
  readonly note: string;
  readonly revision: number;
  readonly base_version: number;
  readonly update_time_ms: number;
  readonly archived: boolean;
};

/**
 * Writes the dashboard's one draft, in the transaction that is open on the connection, and returns its
 * revision and the active version, 0 where there is none. Equal content keeps the revision. Brings back an
 * archived dashboard only if it was never published. Throws STALE_VERSION when the active version or the
 * revision is not the expected one, and QUOTA_EXCEEDED for more than the tenant may keep.
 */
export async function saveDraft(
  { sql }: Connection,
  tenant: string,
  save: DraftSave,
): Promise<Changed & { readonly revision: number }> {
  const { dashboardId, json, digest, title, author, note, expectedVersion, expectedRevision } = save;
  const change = await settleChange(sql<Change[]>`select * from save_draft_2(
    ${tenant}, ${dashboardId}, ${json}, ${digest}, ${title}, ${author}, ${note},
    ${expectedVersion ?? null}, ${expectedRevision ?? null})`);
  return { ...toChanged(change), revision: change.revision! };
}

/**
 * Makes the draft the next version, as a save of its content does, and removes it. Throws NOT_FOUND
 * without a draft, and STALE_VERSION.
 */
export async function publishDraft({ sql }: Connection, tenant: string, publish: DraftPublish): Promise<Changed> {
  const { dashboardId, author, note, expectedVersion, expectedRevision } = publish;
  const change = await settleChange(sql<Change[]>`select * from publish_draft(
    ${tenant}, ${dashboardId}, ${author}, ${note}, ${expectedVersion ?? null}, ${expectedRevision ?? null})`);
  return toChanged(change);
}

/** Returns a dashboard's draft, an archived dashboard's too. */
export async function getDraft(
  { sql }: Connection,
  tenant: string,
  dashboardId: string,
): Promise<StoredDraft | undefined> {
  const [row] = await sql<DraftRow[]>`select * from get_draft(${tenant}, ${dashboardId})`;
  if (row === undefined) return undefined;
  const { content: json, base_version: baseVersion, update_time_ms: updateTimeMs, ...rest } = row;
  return { dashboardId, json, baseVersion, updateTimeMs, ...rest };
}
