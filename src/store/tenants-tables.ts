import type { Sql } from "postgres";

/** A table that holds rows of tenants. The names are quoted where they have to be. */
export type TenantTable = {
  readonly name: string;
  /** The columns of its primary key. */
  readonly key: readonly string[];
  /** The tables that its rows refer to. */
  readonly parents: readonly string[];
};

/** Reads from the database's catalog which tables hold rows of tenants: none is left out, whoever adds it. */
export async function readTenantTables(sql: Sql): Promise<readonly TenantTable[]> {
  const tables = await sql<TenantTable[]>`
    select c.oid::regclass::text as name,
      (select json_agg(quote_ident(a.attname) order by k.place)
        from pg_index i, unnest(i.indkey) with ordinality k (attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary) as key,
      (select coalesce(json_agg(distinct f.confrelid::regclass::text), '[]')
        from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as parents
    from pg_class c join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by name`;
  return parentsFirst(tables);
}

function parentsFirst(tables: readonly TenantTable[]): readonly TenantTable[] {
  const sorted: TenantTable[] = [];
  while (sorted.length < tables.length) {
    const next = tables.filter(
      (table) => !sorted.includes(table) && table.parents.every((parent) => sorted.some(({ name }) => name === parent)),
    );
    if (next.length === 0) throw new Error("tables refer to each other in a circle");
    sorted.push(...next);
  }
  return sorted;
}
