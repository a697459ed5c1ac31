import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { databaseDown } from "./database-fault.ts";
import { drizzle } from "./drizzle.ts";

/** How a connection is made. */
export type ConnectionOptions = {
  /**
   * Whether the other end keeps our session: then statements are prepared once, and time out after 5 s.
   * It must be false behind a pooler in transaction mode (PgBouncer), whose next connection does not
   * know what was prepared on another.
   */
  readonly session: boolean;
  /** How long to try. */
  readonly withinMs: number;
};

/**
 * One connection to the database. It is never opened again once it is lost: a transaction's later
 * statements must fail, not run outside of it.
 */
export type Connection = {
  readonly sql: Sql;
  readonly db: PostgresJsDatabase;
  /** Whether its session is ours: then its transactions are READ COMMITTED unless told otherwise. */
  readonly session: boolean;
  /** When it was made, by the process's clock. */
  readonly openedAtMs: number;
  /** Whether it ended, by whichever side. */
  isLost(): boolean;
  /** Ends it at once, failing what runs on it. */
  destroy(): void;
  /** Ends it once nothing runs on it any more. */
  end(): Promise<void>;
};

/**
 * Connects, or fails with DEPENDENCY_DOWN. A socket's folder may stand for the host, percent-encoded as
 * libpq has it: `postgres://user:password@%2Frun%2Fpostgresql:5432/database`.
 *
 * It is a postgres.js client of a single connection, and not its pool with `begin`: when a connection
 * is lost between the statements of a transaction, postgres.js 3.4.9 throws from a timer, which ends
 * the process, and its pool hangs from then on.
 */
export async function connect(url: string, { session, withinMs }: ConnectionOptions): Promise<Connection> {
  let lost = false;
  const destroy = () => {
    lost = true;
    void sql.end({ timeout: 0 });
  };
  const sql = postgres(url, {
    ...socketFolder(url),
    max: 1,
    prepare: session,
    fetch_types: false,
    connect_timeout: withinMs / 1000,
    max_lifetime: null,
    connection: { application_name: "dashboards", ...(session && { statement_timeout: 5000 }) },
    onnotice: () => {},
    onclose: destroy,
  });
  const timer = setTimeout(destroy, withinMs);
  try {
    // Alone, since postgres.js would connect again for what is queued behind a first query that failed.
    await (session ? sql`select set_config('default_transaction_isolation', 'read committed', false)` : sql`select 1`);
  } catch (error) {
    destroy();
    throw databaseDown(error);
  } finally {
    clearTimeout(timer);
  }
  return {
    sql,
    db: drizzle({ client: sql }),
    session,
    openedAtMs: performance.now(),
    isLost: () => lost,
    destroy,
    end: () => sql.end({ timeout: 1 }),
  };
}

function socketFolder(url: string): { host?: string } {
  const host = new URL(url).hostname;
  return /^%2f/i.test(host) ? { host: decodeURIComponent(host) } : {};
}
