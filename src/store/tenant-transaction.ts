import { fault } from "../errors/fault.ts";
import type { AuditEntry } from "./audit.ts";
import type { Connection } from "./connection.ts";
import { type ConnectionSave, deleteConnection, type StoredConnection, saveConnection } from "./connections.ts";
import {
  archiveDefinition,
  type DefinitionArchive,
  type DefinitionSave,
  getVersion,
  restoreVersion,
  type StoredVersion,
  saveDefinition,
  type VersionRestore,
} from "./definitions.ts";
import { type DraftPublish, type DraftSave, publishDraft, saveDraft } from "./drafts.ts";
import { createShare, revokeShare, type ShareCreate } from "./shares.ts";

/** What a mutating call may do, all of it or nothing, for its tenant. */
export type TenantTransaction = {
  /** Saves the next version and makes it active, also of an archived one. Throws STALE_VERSION and QUOTA_EXCEEDED. */
  saveDefinition(save: DefinitionSave): Promise<{ version: number }>;
  /** Writes the draft. Returns its revision and the active version, 0 for none. Throws as saveDefinition does. */
  saveDraft(draft: DraftSave): Promise<{ revision: number; version: number }>;
  /** Makes the draft the next version. Throws NOT_FOUND without one, and STALE_VERSION. */
  publishDraft(publish: DraftPublish): Promise<{ version: number }>;
  /** Saves an earlier version's content as the next one. Throws NOT_FOUND, STALE_VERSION and QUOTA_EXCEEDED. */
  restoreVersion(restore: VersionRestore): Promise<{ version: number }>;
  /** Takes a dashboard out of use, also once more. Throws NOT_FOUND and STALE_VERSION. */
  archiveDefinition(archive: DefinitionArchive): Promise<void>;
  /** Returns a version, an archived dashboard's too: the last one unless told which. */
  getVersion(dashboardId: string, version?: number): Promise<StoredVersion | undefined>;
  /** Keeps a share link, and its snapshot. Throws NOT_FOUND without such a version in use, and QUOTA_EXCEEDED. */
  createShare(share: ShareCreate): Promise<void>;
  /** Withdraws a share link, also once more, and deletes its snapshot. Throws NOT_FOUND. */
  revokeShare(shareId: string): Promise<void>;
  /** Saves a connection. Throws STALE_VERSION, QUOTA_EXCEEDED, and what its check throws. */
  saveConnection(save: ConnectionSave): Promise<StoredConnection>;
  /** Deletes a connection and its secret. Throws NOT_FOUND. */
  deleteConnection(name: string, author: string): Promise<void>;
};

/** What a transaction is made of. */
export type TenantTransactionOptions = {
  readonly connection: Connection;
  readonly tenant: string;
  /** Whether it is still under way: what an effect leaves running must not reach whoever has the connection next. */
  readonly isOpen: () => boolean;
  /** Told of everything that was done, for the audit log. */
  readonly note: (entry: AuditEntry) => void;
};

/** Creates what an effect works with, in the transaction that is open on the connection. */
export function createTenantTransaction(options: TenantTransactionOptions): TenantTransaction {
  const { connection, tenant, isOpen, note } = options;
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isOpen()) throw fault("INTERNAL", "something went wrong on our side");
    return work();
  };
  const noteDefinition = (
    action: AuditEntry["action"],
    name: string,
    { version, changed }: Pick<AuditEntry, "version" | "changed">,
  ) => note({ action, kind: "definition", name, version, changed });

  return {
    saveDefinition: (save) =>
      within(async () => {
        const { version, changed } = await saveDefinition(connection, tenant, save);
        noteDefinition("save", save.dashboardId, { version, changed });
        return { version };
      }),
    saveDraft: (draft) =>
      within(async () => {
        const { revision, version, changed } = await saveDraft(connection, tenant, draft);
        noteDefinition("save_draft", draft.dashboardId, { version: revision, changed });
        return { revision, version };
      }),
    publishDraft: (publish) =>
      within(async () => {
        const { version, changed } = await publishDraft(connection, tenant, publish);
        noteDefinition("publish", publish.dashboardId, { version, changed });
        return { version };
      }),
    restoreVersion: (restore) =>
      within(async () => {
        const { version, changed } = await restoreVersion(connection, tenant, restore);
        noteDefinition("restore", restore.dashboardId, { version, changed });
        return { version };
      }),
    archiveDefinition: (archive) =>
      within(async () =>
        noteDefinition("archive", archive.dashboardId, await archiveDefinition(connection, tenant, archive)),
      ),
    getVersion: (dashboardId, version) => within(() => getVersion(connection, tenant, dashboardId, version)),
    createShare: (share) =>
      within(async () => {
        await createShare(connection, tenant, share);
        note({ action: "share", kind: "share", name: share.shareId, version: share.version, changed: true });
      }),
    revokeShare: (shareId) =>
      within(async () => {
        const changed = await revokeShare(connection, tenant, shareId);
        note({ action: "revoke", kind: "share", name: shareId, version: undefined, changed });
      }),
    saveConnection: (save) =>
      within(async () => {
        const saved = await saveConnection(connection, tenant, save);
        note({ action: "save", kind: "connection", name: save.name, version: saved.revision, changed: true });
        return saved;
      }),
    deleteConnection: (name, author) =>
      within(async () => {
        const version = await deleteConnection(connection, tenant, name, author);
        note({ action: "delete", kind: "connection", name, version, changed: true });
      }),
  };
}
