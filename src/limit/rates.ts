import type { RateRule } from "./gcra.ts";

/** Tells how often a tenant may call a method; or open its links, all of them together, for `openLinks`. */
export type RateOf = (tenant: string, method: string) => RateRule;

/** Rules of single tenants, by tenant and then by method, `openLinks` or `*`. */
export type TenantRates = ReadonlyMap<string, ReadonlyMap<string, RateRule>>;

/** What stands in the place of a method's name where links are opened. */
export const openLinks = "open_links";

/**
 * Creates the rates: a tenant's rule for the method, else its rule for `*`, else what holds for
 * everybody. `*` is every method and not the opening of links, which is a count of people, not of calls.
 */
export function createRates(options: {
  readonly methods: RateRule;
  readonly links: RateRule;
  readonly tenants: TenantRates;
}): RateOf {
  const { methods, links, tenants } = options;
  return (tenant, method) => {
    const own = tenants.get(tenant);
    if (method === openLinks) return own?.get(openLinks) ?? links;
    return own?.get(method) ?? own?.get("*") ?? methods;
  };
}

/** Returns the rule of so many a second, of which a whole second's worth may come at once. */
export function perSecond(count: number): RateRule {
  return { perSecond: count, burst: count };
}
