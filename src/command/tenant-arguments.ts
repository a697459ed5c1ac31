import { parseArgs } from "node:util";
import { isTenant } from "../auth/tenant.ts";
import type { Quotas } from "../store/tenants-usage.ts";
import { UsageError } from "./tenant-usage.ts";

/** What the command was told to do. */
export type TenantCommand =
  | { readonly name: "help" }
  | { readonly name: "list"; readonly json: boolean }
  | {
      readonly name: "limits";
      readonly tenant: string;
      /** Undefined to change nothing. */
      readonly quotas: Partial<Quotas> | "default" | undefined;
      readonly json: boolean;
    }
  | { readonly name: "suspend" | "resume"; readonly tenant: string }
  | { readonly name: "export"; readonly tenant: string; readonly out: string }
  | { readonly name: "purge"; readonly tenant: string; readonly isConfirmed: boolean };

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]>;

const optionsOf: Readonly<Record<string, Options>> = {
  list: { json: { type: "boolean" } },
  limits: {
    dashboards: { type: "string" },
    bytes: { type: "string" },
    default: { type: "boolean" },
    json: { type: "boolean" },
  },
  suspend: {},
  resume: {},
  export: { out: { type: "string" } },
  purge: { "yes-delete-everything-of": { type: "string" } },
};

/** More is no quota: it is what a database could never hold. */
const maxDashboards = 1_000_000;
const maxBytes = 2 ** 50;

/** Parses the arguments. Throws a UsageError that says what is wrong with them. */
export function parseTenantArguments(args: readonly string[]): TenantCommand {
  const [name = "", ...rest] = args;
  if (args.includes("--help") || name === "help") return { name: "help" };
  const options = Object.hasOwn(optionsOf, name) ? optionsOf[name] : undefined;
  if (options === undefined) throw new UsageError(`the first argument is one of ${Object.keys(optionsOf).join(", ")}`);
  const { values, positionals } = parse(rest, options);
  const json = values.json === true;
  if (name === "list") {
    if (positionals.length > 0) throw new UsageError("list takes no tenant: limits shows a single one");
    return { name, json };
  }
  const [tenant, ...more] = positionals;
  if (tenant === undefined || more.length > 0) throw new UsageError(`${name} takes one tenant`);
  if (!isTenant(tenant)) {
    throw new UsageError("a tenant's name has 1 to 63 letters, digits, _ and -, a letter or digit first");
  }
  switch (name) {
    case "limits":
      return { name, tenant, quotas: parseQuotas(values), json };
    case "export":
      if (typeof values.out !== "string" || values.out === "") throw new UsageError("export takes --out FILE");
      return { name, tenant, out: values.out };
    case "purge":
      return { name, tenant, isConfirmed: parseConfirmation(values["yes-delete-everything-of"], tenant) };
    default:
      return { name: name as "suspend" | "resume", tenant };
  }
}

type Values = Readonly<Record<string, unknown>>;

function parse(args: string[], options: Options): { values: Values; positionals: readonly string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseQuotas({ dashboards, bytes, default: takenBack }: Values): Partial<Quotas> | "default" | undefined {
  if (takenBack === true) {
    if (dashboards !== undefined || bytes !== undefined) throw new UsageError("--default goes without other quotas");
    return "default";
  }
  if (dashboards === undefined && bytes === undefined) return undefined;
  return {
    ...(dashboards !== undefined && { dashboards: parseCount(`${dashboards}`) }),
    ...(bytes !== undefined && { bytes: parseSize(`${bytes}`) }),
  };
}

function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= maxDashboards) return count;
  throw new UsageError(`--dashboards must be a whole number from 0 to ${maxDashboards}`);
}

function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,3})?)\s?(B|KiB|MiB|GiB|TiB)?$/.exec(text) ?? [];
  const power = ["B", "KiB", "MiB", "GiB", "TiB"].indexOf(unit ?? "B");
  const bytes = Math.floor(Number(digits) * 1024 ** power);
  if (bytes <= maxBytes) return bytes;
  throw new UsageError("--bytes must be a size such as 500MiB, 1.5GiB or 1073741824, up to 1024TiB");
}

function parseConfirmation(value: unknown, tenant: string): boolean {
  if (value === undefined) return false;
  if (value === tenant) return true;
  throw new UsageError("--yes-delete-everything-of must repeat the tenant's name: nothing was deleted");
}
