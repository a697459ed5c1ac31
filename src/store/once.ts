import { fault } from "../errors/fault.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
import { type Actor, type AuditEntry, writeAudit } from "./audit.ts";
import type { Connection } from "./connection.ts";
import type { Pool } from "./pool.ts";
import { createTenantTransaction, type TenantTransaction } from "./tenant-transaction.ts";

/** A mutating call, as its caller numbers it. */
export type Call = {
  readonly tenant: string;
  readonly method: string;
  /** Who makes it, for the audit log. */
  readonly actor: Actor;
  /** The caller's request id; undefined when it gave none, and then nothing is kept. */
  readonly key: string | undefined;
  /** What tells this request from another one under the same key. */
  readonly fingerprint: string;
  /** Says whether a fingerprint that was kept is this request's too. The default is that it is the same text. */
  readonly isSame?: (kept: string) => boolean;
};

/** Runs a call's effect once per key, however often the call is made. */
export type Once = (call: Call, effect: (tx: TenantTransaction) => Promise<Uint8Array>) => Promise<Uint8Array>;

type Kept = { readonly fingerprint: string; readonly answer: Uint8Array };

/** How long a duplicate waits for the first one before it is told to come back. */
const waitMs = 2000;

/** A mutating call's wait and work, together. */
const timeoutMs = 3500;

/**
 * Creates `once`. The effect, its entries in the audit log and the keeping of its answer are one transaction, so
 * that all of it happens or nothing does. Per tenant, method and key, duplicates wait for the first: in this
 * process without a connection, so that they never keep one from it, and across processes on a lock of the
 * database. They get its answer's bytes; if it fails, the next one tries, and a failure is never kept. A wait of
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
  const { tenant, method, actor, key, fingerprint, isSame = (kept) => kept === fingerprint } = call;
  const done: AuditEntry[] = [];
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
    const note = (entry: AuditEntry) => done.push(entry);
    const answer = await effect(createTenantTransaction({ connection, tenant, isOpen: () => open, note }));
    // Sent at once, so that neither the log nor the answer costs a round trip.
    const [, , end] = await Promise.all([
      Promise.all(done.map((entry) => writeAudit(connection, tenant, actor, entry))),
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
