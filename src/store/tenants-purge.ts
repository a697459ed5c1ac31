import type { Sql } from "postgres";
import type { Actor } from "./audit.ts";
import type { Connection } from "./connection.ts";
import { writeTenantAudit } from "./tenants-change.ts";
import { forTenant } from "./tenants-owner.ts";
import { readTenantTables } from "./tenants-tables.ts";

/** The purge of a tenant's rows. */
export type Purge = {
  /** Says whether there is any row of it, beside what the audit log keeps. */
  isNeeded(): Promise<boolean>;
  /** Deletes its rows, a batch at a time, but for its suspension, which goes last. */
  deleteRows(onDeleted: (table: string, count: number) => void): Promise<void>;
  /** Deletes its suspension and what came after all, and notes the purge in the audit log: all of it or nothing. */
  finish(actor: Actor): Promise<void>;
};

/** The only role that may delete versions. It cannot log in, owns nothing, and sees one tenant's rows. */
const role = "dash_purge";

/** Rows per transaction: few enough to be deleted within a second, where each is a definition of 1 MiB. */
const batch = 500;

/** What stays: the audit log keeps what was done to the tenant itself. */
const staying: Readonly<Record<string, string>> = { audit_log: "kind = 'tenant'" };

/**
 * Prepares to purge a tenant, as the owner. Throws an Error for whoever called where another purge is under way, or
 * where an administrator has to make the role first.
 */
export async function openPurge(connection: Connection, tenant: string): Promise<Purge> {
  const { sql } = connection;
  // The lock is the session's, and ends with it, however the process ends.
  const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(7270004) as taken`;
  if (!lock!.taken) throw new Error("another purge is under way: wait for its end");
  const tables = (await readTenantTables(sql))
    .map(({ name }) => ({ name, rows: `tenant_id = $1 and not ${staying[name] ?? "false"}` }))
    // What refers to others goes before them, and what keeps the tenant suspended goes last.
    .toReversed()
    .sort((a, b) => Number(a.name === "tenants") - Number(b.name === "tenants"));
  await allowPurge(
    sql,
    tables.map(({ name }) => name),
  );

  return {
    isNeeded: () =>
      forTenant(connection, tenant, async () => {
        const any = tables.map(({ name, rows }) => `exists (select from ${name} where ${rows})`).join(" or ");
        const [row] = await sql.unsafe<{ any: boolean }[]>(`select ${any} as any`, [tenant]);
        return row!.any;
      }),
    async deleteRows(onDeleted) {
      for (const { name, rows } of tables.slice(0, -1)) {
        const some = `ctid = any (array(select ctid from ${name} where ${rows} limit ${batch}))`;
        const query = `delete from ${name} where ${rows} and ${some}`;
        for (let count = 1; count > 0; ) {
          count = await forTenant(connection, tenant, async () => (await sql.unsafe(query, [tenant])).count, { role });
          if (count > 0) onDeleted(name, count);
        }
      }
    },
    finish: (actor) =>
      forTenant(
        connection,
        tenant,
        async () => {
          for (const { name, rows } of tables) await sql.unsafe(`delete from ${name} where ${rows}`, [tenant]);
          await sql`select set_config('role', 'none', true)`;
          await writeTenantAudit(connection, tenant, actor, "purge", true);
        },
        { role },
      ),
  };
}

/** Grants the role what it needs, on tables that are younger than the last purge too. */
async function allowPurge(sql: Sql, tables: readonly string[]): Promise<void> {
  const [found] = await sql<{ login: string; may: boolean }[]>`
    select quote_ident(current_user) as login, exists (
      select from pg_roles where rolname = ${role} and pg_has_role(oid, 'member')
    ) as may`;
  if (!found!.may) {
    throw new Error(
      `the role ${role} is missing: as the database's administrator, run "create role ${role} nologin" unless it is there, and "grant ${role} to ${found!.login}"`,
    );
  }
  // Everybody has it, unless an administrator took it back.
  const [schema] = await sql<{ used: boolean }[]>`select has_schema_privilege(${role}, 'public', 'usage') as used`;
  if (!schema!.used) await sql.unsafe(`grant usage on schema public to ${role}`);
  for (const table of tables) {
    const [granted] = await sql<{ all: boolean }[]>`
      select has_table_privilege(${role}, ${table}, 'select') and has_table_privilege(${role}, ${table}, 'delete') as all`;
    if (!granted!.all) await sql.unsafe(`grant select, delete on ${table} to ${role}`);
  }
}
