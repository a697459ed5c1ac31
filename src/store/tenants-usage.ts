import type { Connection } from "./connection.ts";
import { forTenant } from "./tenants-owner.ts";

/** What a tenant has, and how much it may have. */
export type TenantUsage = {
  readonly tenant: string;
  /** Archived ones and those with only a draft included. */
  readonly dashboards: number;
  readonly versions: number;
  /** Bytes of the content of all versions, drafts and snapshots of links. */
  readonly storedBytes: number;
  /** Links that work. */
  readonly links: number;
  readonly connections: number;
  readonly suspendedAtMs: number | undefined;
  readonly quotas: Quotas;
};

/** How much a tenant may have. */
export type Quotas = { readonly dashboards: number; readonly bytes: number };

type UsageRow = {
  readonly tenant: string;
  readonly dashboards: string;
  readonly versions: string;
  readonly stored_bytes: string;
  readonly links: string;
  readonly connections: string;
  readonly suspended_at_ms: number | null;
  readonly max_dashboards: string;
  readonly max_bytes: string;
};

/** Few enough to be counted in a moment, whatever they have. */
const pageSize = 100;

/** Lists the tenants that anything is known of, in the order of their names, a page at a time. */
export async function* listTenants(connection: Connection): AsyncGenerator<readonly TenantUsage[], void, void> {
  for (let after = ""; ; ) {
    const page = await forTenant(
      connection,
      "",
      async (sql) => (await sql<UsageRow[]>`select * from list_tenants(${after}, ${pageSize})`).map(toUsage),
      { begin: "begin read only" },
    );
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.tenant;
  }
}

/** What one tenant has. */
export type DescribedTenant = TenantUsage & {
  /** Whether anything is known of it: any name may be a tenant, and has its quotas all the same. */
  readonly isKnown: boolean;
  /** The time by the database's clock. */
  readonly nowMs: number;
};

/** Tells what one tenant has. */
export async function describeTenant(connection: Connection, tenant: string): Promise<DescribedTenant> {
  return forTenant(
    connection,
    tenant,
    async (sql) => {
      const [row] = await sql<
        (UsageRow & { is_known: boolean; now_ms: number })[]
      >`select * from describe_tenant(${tenant})`;
      return { ...toUsage(row!), isKnown: row!.is_known, nowMs: row!.now_ms };
    },
    { begin: "begin read only" },
  );
}

function toUsage(row: UsageRow): TenantUsage {
  return {
    tenant: row.tenant,
    dashboards: Number(row.dashboards),
    versions: Number(row.versions),
    storedBytes: Number(row.stored_bytes),
    links: Number(row.links),
    connections: Number(row.connections),
    suspendedAtMs: row.suspended_at_ms ?? undefined,
    quotas: { dashboards: Number(row.max_dashboards), bytes: Number(row.max_bytes) },
  };
}
