import type { Log } from "../log/log.ts";
import type { Pool } from "./pool.ts";

/** Months that have a partition before they begin: a service that cannot make one has so long to be mended. */
const ahead = 3;

const everyMs = 3_600_000;

/**
 * Makes the audit log's partitions of this month and the next three, and drops those that are older than the
 * months to keep; undefined keeps all. Fails where somebody else holds a lock for more than 200 ms, because saves
 * would wait behind it: then it is tried again by the next sweep.
 */
export async function sweepAuditMonths(pool: Pool, keepMonths: number | undefined): Promise<void> {
  await pool.use("", 5000, async ({ sql }) => {
    await sql`select add_audit_months(${ahead})`;
    if (keepMonths !== undefined) await sql`select drop_audit_months(${keepMonths})`;
  });
}

/**
 * Sweeps once, before it resolves, and then every hour, without keeping the process up, until the returned function is
 * called. A sweep that fails is logged: what has no partition is kept all the same.
 */
export async function startAuditSweeping(pool: Pool, keepMonths: number | undefined, log: Log): Promise<() => void> {
  const sweep = () =>
    sweepAuditMonths(pool, keepMonths).catch((error) =>
      log.warn({ error }, "the audit log's months could not be kept"),
    );
  await sweep();
  const timer = setInterval(sweep, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
