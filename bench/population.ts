import { onConnection } from "../test/store/database.ts";
import { numberedJson, numberMark } from "./definition-json.ts";

/** The definitions of a store, counted from 0. */
export type Population = {
  readonly count: number;
  /** Returns whose it is, and its name. */
  nameOf(at: number): { readonly tenant: string; readonly dashboardId: string };
};

/**
 * Fills a migrated database as its superuser: so many dashboards for each of the tenants, each with one version of
 * about 1 KB and the audit log's entry of its save; keys of idempotency there are none. Foreign keys and checks are
 * held to. Tenants' dashboards lie scattered, as they come in over the years,
 * and all is vacuumed, analyzed and written down, as it is by the time that there are so many.
 */
export async function populate(superuserUrl: string, tenants: number, dashboards: number): Promise<Population> {
  const count = tenants * dashboards;
  await onConnection(superuserUrl, async ({ sql }) => {
    await sql.begin(async (tx) => {
      await tx`create temporary table filled on commit drop as
        select 'tenant-' || at % ${tenants} as tenant_id, 'dashboard-' || at / ${tenants} as dashboard_id,
          replace(${numberedJson}, ${numberMark}, lpad(at::text, ${numberMark.length}, '0')) as content
        from generate_series(0, ${count - 1}) as at`;
      await tx`insert into definitions (tenant_id, dashboard_id, current_version, digest, title, stored_bytes)
        select tenant_id, dashboard_id, 1, encode(sha256(convert_to(content, 'UTF8')), 'hex'), 'Bench',
          octet_length(content) from filled`;
      await tx`insert into versions (tenant_id, dashboard_id, version, content, digest, author, note)
        select tenant_id, dashboard_id, 1, content, encode(sha256(convert_to(content, 'UTF8')), 'hex'), 'bench', ''
        from filled`;
      await tx`insert into audit_log
        (tenant_id, at, subject, subject_tenant, action, kind, name, version, changed, request_id)
        select tenant_id, clock_timestamp(), 'bench', tenant_id, 'save', 'definition', dashboard_id, 1, true,
          gen_random_uuid() from filled`;
    });
    for (const table of ["definitions", "versions", "audit_log"]) await sql.unsafe(`vacuum (analyze) ${table}`);
    await sql.unsafe("checkpoint");
  });
  const nameOf = (at: number) => ({
    tenant: `tenant-${at % tenants}`,
    dashboardId: `dashboard-${Math.floor(at / tenants)}`,
  });
  return { count, nameOf };
}
