import type { Log } from "../log/log.ts";
import type { Pool } from "./pool.ts";

type DurabilityRow = { readonly name: string };

/**
 * Warns, naming the settings, where the database is set up to lose what it has acknowledged: then a crash of its host
 * may take saves back that callers were told of. It does not refuse, because some hosted databases turn
 * `fsync` and `full_page_writes` off where their storage does that work.
 */
export async function checkDurability(pool: Pool, log: Log): Promise<void> {
  const rows = await pool.use(
    "",
    5000,
    ({ sql }) => sql<DurabilityRow[]>`
      select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) as name
      where current_setting(name) = 'off'`,
  );
  if (rows.length === 0) return;
  log.warn(
    { settings: rows.map(({ name }) => name) },
    "the database may lose what it acknowledges: turn these settings on, unless its storage makes up for them",
  );
}
