import { onConnection } from "./database.ts";

/** The tables that hold rows of tenants, from the database's own catalogue. */
export function tenantTables(superuserUrl: string): Promise<readonly string[]> {
  return onConnection(superuserUrl, async ({ sql }) => {
    const rows = await sql<{ name: string }[]>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
    return rows.map(({ name }) => name);
  });
}

/** Writes rows of a tenant to every table, as a superuser: two dashboards, with all that one can have. */
export async function fillTenant(superuserUrl: string, tenant: string): Promise<void> {
  await onConnection(superuserUrl, async ({ sql }) => {
    await sql`insert into tenants (tenant_id, limits) values (${tenant}, '{"dashboards": 50}')`;
    await sql`insert into definitions (tenant_id, dashboard_id, current_version, digest, title, stored_bytes, archived_at)
      values (${tenant}, 'ops', 2, 'd', 'Ops', 7, null), (${tenant}, 'old', 1, 'd', 'Old', 2, now())`;
    await sql`insert into versions (tenant_id, dashboard_id, version, content, digest, author)
      values (${tenant}, 'ops', 1, '{}', 'c', 'ann'), (${tenant}, 'ops', 2, '{"é":1}', 'd', 'ann'),
        (${tenant}, 'old', 1, '{}', 'd', 'ann')`;
    await sql`insert into drafts values (${tenant}, 'ops', '{}', 'd', 't', 'ann', '', 1, 1)`;
    await sql`insert into shares (tenant_id, share_id, dashboard_id, version, filters, expires_at, created_by, frame_ancestors)
      values (${tenant}, ${`${tenant}-live`}, 'ops', 1, '{}', now() + interval '1 day', 'ann', '{https://a.example}'),
        (${tenant}, ${`${tenant}-dead`}, 'ops', null, '{}', now(), 'ann', '{}')`;
    await sql`insert into share_snapshots values (${tenant}, ${`${tenant}-live`}, 'kept')`;
    await sql`insert into connections (tenant_id, name, kind, settings, secret, revision, updated_by)
      values (${tenant}, 'w', 'http', '{}', ${`sealed of ${tenant}`}, 1, 'ann')`;
    await sql`insert into idempotency_keys values (${tenant}, 'Save', 'k', 'f', '', now() + interval '1 day')`;
    await sql`select write_audit(${tenant}, 'ann', ${tenant}, 'save', 'definition', 'ops', 1, true, 'r'),
      write_audit(${tenant}, 'operator', null, 'limits', 'tenant', ${tenant}, null, true, null)`;
  });
}

/** Counts a tenant's rows by table, as a superuser. */
export async function countRows(superuserUrl: string, tenant: string): Promise<Record<string, number>> {
  const tables = await tenantTables(superuserUrl);
  return onConnection(superuserUrl, async ({ sql }) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const [row] = await sql.unsafe(`select count(*)::int as count from ${table} where tenant_id = $1`, [tenant]);
      counts[table] = row!.count;
    }
    return counts;
  });
}
