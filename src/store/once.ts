import { fault } from "../errors/fault.ts";
import { type AuditEntry, writeAudit } from "./audit.ts";
import { type Call, type InTurn, type Kept, replay } from "./call.ts";
import type { Connection } from "./connection.ts";
import { createTenantTransaction, type TenantTransaction } from "./tenant-transaction.ts";

/** Runs a call's effect once per key, however often the call is made. */
export type Once = (call: Call, effect: (tx: TenantTransaction) => Promise<Uint8Array>) => Promise<Uint8Array>;

/**
 * Creates `once`. The effect, its entries in the audit log and the keeping of its answer are one transaction, so
 * that all of it happens or nothing does. Per tenant, method and key, duplicates wait for the first: in this
 * process without a connection, and across processes on a lock of the database. They get its answer's bytes; if it
 * fails, the next one tries, and a failure is never kept. A wait of 2 s ends in IDEMPOTENCY_IN_FLIGHT, the same key
 * with another fingerprint in REQUEST_ID_REUSED. Answers are kept for 24 h by the database's clock.
 */
export function createOnce(inTurn: InTurn): Once {
  return (call, effect) => inTurn(call, (connection, left) => runCall(connection, call, left.wait, effect));
}

async function runCall(
  connection: Connection,
  call: Call,
  lockMs: number,
  effect: (tx: TenantTransaction) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { sql } = connection;
  const { tenant, method, actor, key, fingerprint } = call;
  const done: AuditEntry[] = [];
  let open = true;
  try {
    const [, [kept]] = await Promise.all([
      sql.unsafe("begin isolation level read committed"),
      sql<Kept[]>`select * from open_call(${tenant}, ${method}, ${key ?? null}, ${lockMs})`,
    ]);
    if (kept !== undefined) {
      const answer = replay(call, kept);
      await sql.unsafe("commit");
      return answer;
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
