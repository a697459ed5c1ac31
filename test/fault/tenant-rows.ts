import { connect } from "../../src/store/connection.ts";

/** What a tenant has in the database. */
export type Rows = {
  /** How many rows, by table. */
  readonly counts: Readonly<Record<string, number>>;
  /** Another one after any row was written, were it with what stood there before. */
  readonly digest: string;
};

/** A look past the service at all that tenants have. */
export type TenantRows = {
  of(tenant: string): Promise<Rows>;
  close(): Promise<void>;
};

type CountRow = { readonly table: string; readonly count: number; readonly digest: string };

/** Looks, as a superuser, into each table that has tenants' rows. */
export async function openTenantRows(superuserUrl: string): Promise<TenantRows> {
  const { sql, end } = await connect(superuserUrl, { session: false, withinMs: 5_000 });
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and a.attname = 'tenant_id' and not a.attisdropped
    order by 1`;
  // The transaction that wrote a row is part of its mark.
  const query = tables
    .map(
      ({ name }) => `select '${name}' as table, count(*)::int as count,
        coalesce(md5(string_agg(concat(t.xmin, t::text), ' ' order by t::text)), '') as digest
        from "${name}" t where t.tenant_id = $1`,
    )
    .join(" union all ");
  return {
    async of(tenant) {
      const rows = await sql.unsafe<CountRow[]>(query, [tenant]);
      return {
        counts: Object.fromEntries(rows.map(({ table, count }) => [table, count])),
        digest: rows.map(({ digest }) => digest).join(" "),
      };
    },
    close: end,
  };
}
