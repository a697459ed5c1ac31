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

/** Sweeps every minute, without keeping the process up, until the returned function is called. */
export function startSweeping(pool: Pool, log: Log): () => void {
  const timer = setInterval(() => {
    sweepExpiredKeys(pool).catch((error) => log.warn({ error }, "expired request ids could not be swept"));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
