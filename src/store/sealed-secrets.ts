import { type Connection, connect } from "./connection.ts";
import { databaseDown } from "./database-fault.ts";

/** A sealed secret of a tenant's connection. */
type SealedRow = { readonly tenant: string; readonly name: string; readonly sealed: string };

/** The sealed secrets of every tenant, for the database's owner alone. */
export type SealedRows = {
  /** Returns them in the order of their keys, a batch at a time. */
  batches(): AsyncGenerator<readonly SealedRow[], void, void>;
  /** Replaces one, unless it is another one by now. Says whether it did. */
  replace(row: SealedRow, sealed: string): Promise<boolean>;
  close(): Promise<void>;
};

/** Few enough to be read in milliseconds. */
const batchSize = 200;

/**
 * Opens the sealed secrets. `ownerUrl` logs in as the database's owner, on the server itself and not through a
 * pooler. Throws an Error for whoever called where another process has them open, and for a role that would
 * not see all of them: to it, keys would seem unused.
 */
export async function openSealedSecrets(ownerUrl: string): Promise<SealedRows> {
  const connection = await connect(ownerUrl, { session: false, withinMs: 5_000 });
  const { sql } = connection;
  try {
    const [role] = await sql<{ sees: boolean }[]>`
      select not row_security_active('connections') or 2 = (
        select count(distinct polname) from pg_policy, unnest(polroles) as each
        where polrelid = 'connections'::regclass and polname in ('connections_resealed_seen', 'connections_resealed')
          and pg_has_role(current_user, each, 'usage')) as sees`;
    if (!role!.sees) throw new Error("log in as the owner of the database, by DATABASE_MIGRATE_URL");
    // The lock is the session's, and ends with it, however the process ends.
    const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(7270003) as taken`;
    if (!lock!.taken) throw new Error("another rotation of the secrets' keys is under way: wait for its end");
  } catch (error) {
    await connection.end();
    throw error;
  }
  return {
    async *batches() {
      let last: SealedRow | undefined;
      do {
        const rows: readonly SealedRow[] = await resealing(connection, () => readBatch(connection, last));
        if (rows.length > 0) yield rows;
        last = rows.length < batchSize ? undefined : rows.at(-1);
      } while (last !== undefined);
    },
    async replace({ tenant, name, sealed: before }, sealed) {
      const { count } = await resealing(
        connection,
        () => sql`update connections set secret = ${sealed}
          where tenant_id = ${tenant} and name = ${name} and secret = ${before}`,
      );
      return count > 0;
    },
    close: () => connection.end(),
  };
}

function readBatch({ sql }: Connection, last: SealedRow | undefined): Promise<readonly SealedRow[]> {
  return sql<SealedRow[]>`
    select tenant_id as tenant, name, secret as sealed from connections
    where secret is not null ${last === undefined ? sql`` : sql`and (tenant_id, name) > (${last.tenant}, ${last.name})`}
    order by tenant_id, name limit ${batchSize}`;
}

/** Runs a statement in a transaction that says what it is for: without that, row security shows the owner nothing. */
async function resealing<T>({ sql, isLost }: Connection, work: () => PromiseLike<T>): Promise<T> {
  if (isLost()) throw databaseDown();
  try {
    await sql.unsafe("begin");
    await sql`select set_config('app.task', 'reseal', true), set_config('statement_timeout', '30s', true)`;
    const result = await work();
    await sql.unsafe("commit");
    return result;
  } catch (error) {
    await sql.unsafe("rollback").catch(() => {});
    throw error;
  }
}
