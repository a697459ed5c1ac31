import type { Log } from "../log/log.ts";
import type { Pool } from "./pool.ts";

/** Rows per statement: few enough to be deleted in milliseconds. */
const batch = 1000;

const everyMs = 60_000;

/** Deletes the expired answers of all tenants' calls. Returns how many there were. */
export async function sweepExpiredKeys(pool: Pool): Promise<number> {
  let swept = 0;
  for (;;) {
    const [row] = await pool.use(
      "",
      5000,
      ({ sql }) => sql<{ count: string }[]>`select sweep_idempotency_keys(${batch}) as count`,
    );
    const count = Number(row!.count);
    swept += count;
    if (count < batch) return swept;
  }
}

/**
 * Deletes snapshots of links that have ended, and links that expired or were withdrawn 90 days ago, at most 1,000 of at
 * most 100 tenants, of those after `after`: a step of a walk over all of them, since no index leads to them. Returns how
 * many there were, and after which tenant to go on, empty to begin anew.
 */
export async function sweepEndedLinks(pool: Pool, after: string): Promise<{ swept: number; after: string }> {
  const [row] = await pool.use(
    "",
    5000,
    ({ sql }) => sql<{ swept: string; go_on_after: string | null }[]>`select * from sweep_shares(${after}, ${batch})`,
  );
  return { swept: Number(row!.swept), after: row!.go_on_after ?? "" };
}

/** Sweeps every minute, without keeping the process up, until the returned function is called. */
export function startSweeping(pool: Pool, log: Log): () => void {
  let after = "";
  const sweepLinks = async () => {
    // More than a batch at a time, or one tenant whose links end faster would hold up all others.
    for (let swept = batch; swept >= batch; ) ({ swept, after } = await sweepEndedLinks(pool, after));
  };
  const timer = setInterval(() => {
    sweepExpiredKeys(pool).catch((error) => log.warn({ error }, "expired request ids could not be swept"));
    sweepLinks().catch((error) => log.warn({ error }, "links that ended could not be swept"));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
