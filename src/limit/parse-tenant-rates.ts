import type { RateRule } from "./gcra.ts";
import { openLinks, type TenantRates } from "./rates.ts";

/** What a file of rates may name. */
export type KnownNames = { readonly methods: readonly string[]; readonly isTenant: (name: string) => boolean };

const maxRate = 1_000_000;

/**
 * Parses the text of a file of rates, `{"tenants": {"acme": {"Render": {"per_second": 50, "burst":
 * 100}}}}`: in the place of a method may stand `*`, for those that are not named, or `open_links`.
 * Throws an Error with every problem, one a line, each with its path in the file. A name that nothing
 * has is a problem, because its rule would bind nobody.
 */
export function parseTenantRates(json: string, { methods, isTenant }: KnownNames): TenantRates {
  const problems: string[] = [];
  const names = [...methods, "*", openLinks];
  const { tenants, ...others } = object("the file", parseJson(json));
  refuse("", others, "the file has tenants");
  const rates = Object.entries(object("tenants", tenants)).map(([tenant, rules]) => {
    const path = `tenants.${tenant}`;
    if (!isTenant(tenant)) problems.push(`${path} cannot be a tenant: see the pattern of their names`);
    return [tenant, parseRules(path, rules)] as const;
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return new Map(rates);

  function parseRules(path: string, value: unknown): ReadonlyMap<string, RateRule> {
    const rules = Object.entries(object(path, value)).map(([method, rule]) => {
      if (!names.includes(method)) problems.push(`${path}.${method} is unknown: a tenant has ${names.join(", ")}`);
      return [method, parseRule(`${path}.${method}`, rule)] as const;
    });
    return new Map(rules);
  }

  function parseRule(path: string, value: unknown): RateRule {
    const { per_second, burst, ...others } = object(path, value);
    refuse(`${path}.`, others, "a rule has per_second and burst");
    return { perSecond: parseCount(`${path}.per_second`, per_second), burst: parseCount(`${path}.burst`, burst) };
  }

  function parseCount(path: string, value: unknown): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= maxRate) return value;
    problems.push(`${path} must be a whole number from 1 to ${maxRate}`);
    return 1;
  }

  function object(path: string, value: unknown): Readonly<Record<string, unknown>> {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    problems.push(`${path} must be an object`);
    return {};
  }

  function refuse(prefix: string, unknown: object, known: string): void {
    for (const name of Object.keys(unknown)) problems.push(`${prefix}${name} is unknown: ${known}`);
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error("the file is not JSON");
  }
}
