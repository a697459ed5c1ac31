import type { Connection } from "./connection.ts";

/** Says whether an operator has suspended the tenant. One that has no row is not. */
export async function isSuspended({ sql }: Connection, tenant: string): Promise<boolean> {
  const [row] = await sql<{ suspended: boolean }[]>`select is_suspended(${tenant}) as suspended`;
  return row!.suspended;
}
