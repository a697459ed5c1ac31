import type { Connection } from "./connection.ts";

/** Says whether an operator has suspended the tenant. One that has no row is not. */
export async function isSuspended({ sql }: Connection, tenant: string): Promise<boolean> {
  const [row] = await sql<{ suspended: boolean }[]>`select is_suspended(${tenant}) as suspended`;
  return row!.suspended;
}

/** As `isSuspended`, of many tenants, in their order. */
export async function areSuspended({ sql }: Connection, tenants: readonly string[]): Promise<readonly boolean[]> {
  const rows = await sql<{ suspended: boolean }[]>`
    select is_suspended(asked.tenant) as suspended
    from jsonb_array_elements_text(${JSON.stringify(tenants)}::text::jsonb) with ordinality as asked (tenant, place)
    order by asked.place`;
  return rows.map(({ suspended }) => suspended);
}
