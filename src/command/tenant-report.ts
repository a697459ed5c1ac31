import { formatBytes } from "../store/format-bytes.ts";
import type { TenantUsage } from "../store/tenants-usage.ts";

/** Writes what a tenant has as one line of JSON. */
export function usageToJson({ tenant, suspendedAtMs, quotas, ...usage }: TenantUsage): string {
  return JSON.stringify({
    tenant,
    dashboards: usage.dashboards,
    versions: usage.versions,
    stored_bytes: usage.storedBytes,
    links: usage.links,
    connections: usage.connections,
    suspended_at: suspendedAtMs === undefined ? null : new Date(suspendedAtMs).toISOString(),
    limits: quotas,
  });
}

const headings = ["TENANT", "DASHBOARDS", "STORED", "VERSIONS", "LINKS", "CONNECTIONS", "SUSPENDED SINCE"] as const;

/** The widest that is expected; what is wider moves the rest of its line. */
const widths = [24, 16, 22, 9, 9, 12, 0] as const;

/** Writes the headings above `usageToLine`. */
export function usageHeadings(): string {
  return toLine(headings);
}

/** Writes what a tenant has as a line of a table. */
export function usageToLine({ tenant, suspendedAtMs, quotas, ...usage }: TenantUsage): string {
  return toLine([
    tenant,
    `${usage.dashboards} of ${quotas.dashboards}`,
    `${formatBytes(usage.storedBytes)} of ${formatBytes(quotas.bytes)}`,
    `${usage.versions}`,
    `${usage.links}`,
    `${usage.connections}`,
    suspendedAtMs === undefined ? "" : new Date(suspendedAtMs).toISOString(),
  ]);
}

/** Writes what a tenant has in a few words, for a sentence. */
export function usageToWords({ dashboards, versions, storedBytes, links, connections }: TenantUsage): string {
  return `${dashboards} dashboards, ${versions} versions, ${formatBytes(storedBytes)}, ${links} links, ${connections} connections`;
}

function toLine(cells: readonly string[]): string {
  return cells
    .map((cell, at) => cell.padEnd(widths[at]!))
    .join("  ")
    .trimEnd();
}
