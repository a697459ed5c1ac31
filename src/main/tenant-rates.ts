import { readFile } from "node:fs/promises";
import { isTenant } from "../auth/tenant.ts";
import { parseTenantRates } from "../limit/parse-tenant-rates.ts";
import type { TenantRates } from "../limit/rates.ts";
import { policies } from "../rpc/policy.ts";

/**
 * Reads the operator's rates of single tenants; there are none without a file. Throws an Error for
 * whoever starts the service, whose lines name the variable.
 */
export async function loadTenantRates(file: string | undefined): Promise<TenantRates> {
  if (file === undefined) return new Map();
  try {
    return parseTenantRates(await readFile(file, "utf8"), { methods: Object.keys(policies), isTenant });
  } catch (cause) {
    const lines = (cause as Error).message.split("\n");
    throw new Error(lines.map((line) => `LIMITS_FILE: ${line}`).join("\n"), { cause });
  }
}
