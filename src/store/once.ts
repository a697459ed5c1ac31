import { fault } from "../errors/fault.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
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
import type { Pool } from "./pool.ts";
import { createShare, revokeShare, type ShareCreate } from "./shares.ts";

/** A mutating call, as its caller numbers it. */
export type Call = {
  readonly tenant: string;
  readonly method: string;
  /** The caller's request id; undefined when it gave none, and then nothing is kept. */
  readonly key: string | undefined;
  /** What tells this request from another one under the same key. */
  readonly fingerprint: string;
  /** Says whether a fingerprint that was kept is this request's too. The default is that it is the same text. */
  readonly isSame?: (kept: string) => boolean;
};

/** What a mutating call may do, all of it or nothing, for its tenant. */
export type TenantTransaction = {
  /** Saves the next version and makes it active, also of an archived dashboard. Throws STALE_VERSION. */
  saveDefinition(save: DefinitionSave): Promise<{ version: number }>;
  /** Writes the draft. Returns its revision and the active version, 0 for none. Throws STALE_VERSION. */
  saveDraft(draft: DraftSave): Promise<{ revision: number; version: number }>;
  /** Makes the draft the next version. Throws NOT_FOUND without one, and STALE_VERSION. */
  publishDraft(publish: DraftPublish): Promise<{ version: number }>;
  /** Saves an earlier version's content as the next version. Throws NOT_FOUND and STALE_VERSION. */
  restoreVersion(restore: VersionRestore): Promise<{ version: number }>;
  /** Takes a dashboard out of use, also once more. Throws NOT_FOUND and STALE_VERSION. */
  archiveDefinition(archive: DefinitionArchive): Promise<void>;
  /** Returns a version, an archived dashboard's too: the last one unless told which. */
  getVersion(dashboardId: string, version?: number): Promise<StoredVersion | undefined>;
  /** Keeps a share link. Throws NOT_FOUND without such a version in use. */
  createShare(share: ShareCreate): Promise<void>;
  /** Withdraws a share link, also once more. Throws NOT_FOUND. */
  revokeShare(shareId: string): Promise<void>;
  /** Saves a connection. Throws STALE_VERSION, QUOTA_EXCEEDED, and what its check throws. */
  saveConnection(save: ConnectionSave): Promise<StoredConnection>;
  /** Deletes a connection and its secret. Throws NOT_FOUND. */
  deleteConnection(name: string, author: string): Promise<void>;
};

/** Runs a call's effect once per key, however often the call is made. */
export type Once = (call: Call, effect: (tx: TenantTransaction) => Promise<Uint8Array>) => Promise<Uint8Array>;

type Kept = { readonly fingerprint: string; readonly answer: Uint8Array };

/** How long a duplicate waits for the first one before it is told to come back. */
const waitMs = 2000;

/** A mutating call's wait and work, together. */
const timeoutMs = 3500;

/**
 * Creates `once`. The effect and the keeping of its answer are one transaction, so that both happen or
 * neither does. Per tenant, method and key, duplicates wait for the first: in this process without a
 * connection, so that they never keep one from it, and across processes on a lock of the database.
 * They get its answer's bytes; if it fails, the next one tries, and a failure is never kept. A wait of
 * 2 s ends in IDEMPOTENCY_IN_FLIGHT, the same key with another fingerprint in REQUEST_ID_REUSED.
 * Answers are kept for 24 h by the database's clock.
 */
export function createOnce(pool: Pool): Once {
  const turns = createBulkhead({ perKey: 1, waitMs, refusal: inFlight });

  return (call, effect) => {
    const queuedAt = performance.now();
    const run = () => {
      const leftMs = Math.max(1, Math.round(waitMs - (performance.now() - queuedAt)));
      return pool.use(call.tenant, timeoutMs, (connection) => runCall(connection, call, leftMs, effect));
    };
    return call.key === undefined ? run() : turns.run([call.tenant, call.method, call.key].join(" "), run);
  };
}

async function runCall(
  connection: Connection,
  call: Call,
  lockMs: number,
  effect: (tx: TenantTransaction) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { sql } = connection;
  const { tenant, method, key, fingerprint, isSame = (kept) => kept === fingerprint } = call;
  let open = true;
  try {
    const [, [kept]] = await Promise.all([
      sql.unsafe("begin isolation level read committed"),
      sql<Kept[]>`select * from open_call(${tenant}, ${method}, ${key ?? null}, ${lockMs})`,
    ]);
    if (kept !== undefined) {
      if (!isSame(kept.fingerprint)) throw reused();
      await sql.unsafe("commit");
      return kept.answer;
    }
    const answer = await effect(tenantTransaction(connection, tenant, () => open));
    const [, end] = await Promise.all([
      key === undefined ? undefined : sql`select keep_answer(${tenant}, ${method}, ${key}, ${fingerprint}, ${answer})`,
      sql.unsafe("commit"),
    ]);
    // A commit after a statement that failed unnoticed succeeds as a rollback.
    if (end.command !== "COMMIT") throw wentWrong();
    return answer;
  } catch (error) {
    await sql.unsafe("rollback").catch(connection.destroy);
    throw error;
  } finally {
    open = false;
  }
}

/** What an effect leaves running must not reach the transaction of whoever has the connection next. */
function tenantTransaction(connection: Connection, tenant: string, isOpen: () => boolean): TenantTransaction {
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isOpen()) throw wentWrong();
    return work();
  };
  return {
    saveDefinition: (save) => within(() => saveDefinition(connection, tenant, save)),
    saveDraft: (draft) => within(() => saveDraft(connection, tenant, draft)),
    publishDraft: (publish) => within(() => publishDraft(connection, tenant, publish)),
    restoreVersion: (restore) => within(() => restoreVersion(connection, tenant, restore)),
    archiveDefinition: (archive) => within(() => archiveDefinition(connection, tenant, archive)),
    getVersion: (dashboardId, version) => within(() => getVersion(connection, tenant, dashboardId, version)),
    createShare: (share) => within(() => createShare(connection, tenant, share)),
    revokeShare: (shareId) => within(() => revokeShare(connection, tenant, shareId)),
    saveConnection: (save) => within(() => saveConnection(connection, tenant, save)),
    deleteConnection: (name, author) => within(() => deleteConnection(connection, tenant, name, author)),
  };
}

function wentWrong() {
  return fault("INTERNAL", "something went wrong on our side");
}

function inFlight() {
  return fault("IDEMPOTENCY_IN_FLIGHT", "the same request is still being worked on: try again in a second", {
    retryAfterMs: 1000,
  });
}

function reused() {
  return fault("REQUEST_ID_REUSED", "this X-Request-Id was used for another request: give every request its own");
}
