import type { Connection } from "./connection.ts";
import { forTenant } from "./tenants-owner.ts";
import { readTenantTables } from "./tenants-tables.ts";

/** A row as it is stored: its columns as JSON. */
export type ExportedRow = { readonly table: string; readonly json: string };

/** Rows at a time: few enough to be held, where each is the largest definition. */
const batch = 32;

/** Answers of calls end after a day, and are no tenant's to keep. */
const leftOut = ["idempotency_keys"];

/**
 * Reads every row of a tenant, as it was at one moment, table by table, those that are referred to first. However
 * many there are, a few are held at a time, and only while somebody asks for more.
 */
export async function readTenantRows(
  connection: Connection,
  tenant: string,
  take: (rows: AsyncGenerator<ExportedRow, void, void>) => Promise<void>,
): Promise<void> {
  await forTenant(
    connection,
    tenant,
    async (sql) => {
      async function* read(): AsyncGenerator<ExportedRow, void, void> {
        for (const { name, key } of await readTenantTables(sql)) {
          if (leftOut.includes(name)) continue;
          const query = `select row_to_json(t)::text as json from ${name} t where tenant_id = $1 order by ${key.join(", ")}`;
          for await (const rows of sql.unsafe<{ json: string }[]>(query, [tenant]).cursor(batch)) {
            for (const { json } of rows) yield { table: name, json };
          }
        }
      }
      await take(read());
    },
    { begin: "begin isolation level repeatable read read only" },
  );
}
