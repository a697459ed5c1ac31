import { fault } from "../errors/fault.ts";
import type { Principal } from "./principal.ts";
import { isTenant } from "./tenant.ts";

/** What a token can allow. */
export const scopes = [
  "dashboards:render",
  "dashboards:publish",
  "dashboards:share",
  "connections:write",
  "tenants:act-as",
] as const;

/** One of `scopes`. */
export type Scope = (typeof scopes)[number];

/** What a token to develop with allows: all but to act for other tenants. */
export const developerScopes: readonly Scope[] = scopes.filter((scope) => scope !== "tenants:act-as");

/** Throws SCOPE_MISSING unless the caller's token has exactly that scope: no prefix or wildcard grants it. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!principal.scopes.has(scope)) throw fault("SCOPE_MISSING", `use an access token with the scope ${scope}`);
}

/**
 * Returns the tenant that a call is for: the token's own, or with the scope `tenants:act-as`, which
 * internal services have, the one that their `x-tenant-id` header names. Without that scope the
 * header is ignored; with it, a malformed one throws INVALID_REQUEST.
 */
export function actingTenant(principal: Principal, xTenantId: string | null): string {
  if (xTenantId === null || !principal.scopes.has("tenants:act-as" satisfies Scope)) return principal.tenant;
  if (isTenant(xTenantId)) return xTenantId;
  const description = "must be 1 to 63 letters, digits, _ and -, a letter or digit first";
  throw fault("INVALID_REQUEST", "name one tenant in x-tenant-id", {
    details: [{ field: "x-tenant-id", description }],
  });
}
