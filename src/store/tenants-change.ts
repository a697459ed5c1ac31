import { type Actor, type TenantAction, writeAudit } from "./audit.ts";
import type { Connection } from "./connection.ts";
import { forTenant } from "./tenants-owner.ts";
import type { Quotas } from "./tenants-usage.ts";

/** Suspends a tenant, from now on. Returns false where it was already: then it stays since when it was. */
export async function suspendTenant(connection: Connection, tenant: string, actor: Actor): Promise<boolean> {
  return forTenant(connection, tenant, async (sql) => {
    const [row] = await sql<{ changed: boolean }[]>`
      insert into tenants (tenant_id, suspended_at) values (${tenant}, now())
      on conflict (tenant_id) do update set suspended_at = least(tenants.suspended_at, now())
      returning suspended_at = now() as changed`;
    await writeTenantAudit(connection, tenant, actor, "suspend", row!.changed);
    return row!.changed;
  });
}

/** Ends a tenant's suspension. Returns false where there was none. */
export async function resumeTenant(connection: Connection, tenant: string, actor: Actor): Promise<boolean> {
  return forTenant(connection, tenant, async (sql) => {
    const { count } = await sql`
      update tenants set suspended_at = null where tenant_id = ${tenant} and suspended_at is not null`;
    await writeTenantAudit(connection, tenant, actor, "resume", count > 0);
    return count > 0;
  });
}

/** Sets a tenant's quotas, those that are given; `default` takes back all that was set. */
export async function setQuotas(
  connection: Connection,
  tenant: string,
  quotas: Partial<Quotas> | "default",
  actor: Actor,
): Promise<void> {
  const kept = quotas === "default" ? {} : quotas;
  const dropped = quotas === "default" ? ["dashboards", "bytes"] : [];
  await forTenant(connection, tenant, async (sql) => {
    await sql`insert into tenants (tenant_id) values (${tenant}) on conflict do nothing`;
    const { count } = await sql`
      update tenants t set limits = n.limits
      from (
        select tenant_id, (case jsonb_typeof(limits) when 'object' then limits else '{}' end
          - array(select jsonb_array_elements_text(${JSON.stringify(dropped)}::text::jsonb)))
          || ${JSON.stringify(kept)}::text::jsonb as limits
        from tenants where tenant_id = ${tenant} for update
      ) n
      where t.tenant_id = n.tenant_id and t.limits <> n.limits`;
    await writeTenantAudit(connection, tenant, actor, "limits", count > 0);
  });
}

/** Notes in the audit log what was done to a tenant, in the transaction of it. */
export async function writeTenantAudit(
  connection: Connection,
  tenant: string,
  actor: Actor,
  action: TenantAction,
  changed: boolean,
): Promise<void> {
  await writeAudit(connection, tenant, actor, { action, kind: "tenant", name: tenant, version: undefined, changed });
}
