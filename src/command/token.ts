/**
 * Prints an access token of the development issuer and nothing else, so that a shell can take it:
 * `TOKEN=$(npm run -s token -- --tenant acme)`. Where it cannot, it says why and exits with 2.
 */
import { parseArgs } from "node:util";
import type { JsonObject } from "@bufbuild/protobuf";
import { type Grant, openDevelopmentIssuer } from "../auth/development-issuer.ts";
import { parseHeldFilters } from "../auth/held-filters.ts";
import { scopes as knownScopes } from "../auth/scopes.ts";
import { isTenant } from "../auth/tenant.ts";
import { parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";

const usage = `usage: npm run -s token -- --tenant acme [--scopes "dashboards:render ..."] [--expires-in 3600]
       [--filters '{"region":"IN"}', which the token holds its caller to]`;

try {
  console.log(await mintToken(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}

async function mintToken(args: string[]): Promise<string> {
  if (process.env.NODE_ENV === "production") {
    throw new Error("NODE_ENV is production: access tokens come from the issuer that the service trusts");
  }
  const grant = parseOptions(args);
  const config = parseConfig(process.env, defaultDataDir());
  if (config.issuer !== undefined) {
    throw new Error("AUTH_ISSUER is set: ask that issuer for a token, for the service takes no other");
  }
  const issuer = await openDevelopmentIssuer(config.dataDir, Date.now);
  return issuer.mint({ ...grant, subject: "developer" });
}

function parseOptions(args: string[]): Omit<Grant, "subject"> {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      tenant: { type: "string" },
      scopes: { type: "string", default: "dashboards:render dashboards:publish dashboards:share connections:write" },
      "expires-in": { type: "string", default: "3600" },
      filters: { type: "string" },
    },
  });
  const { tenant, "expires-in": expiresIn } = values;
  if (!isTenant(tenant)) throw new Error("--tenant must be 1 to 63 letters, digits, _ and -, a letter or digit first");
  const scopes = values.scopes.split(" ").filter((scope) => scope !== "");
  if (!scopes.every((scope) => knownScopes.some((known) => known === scope))) {
    throw new Error(`--scopes must be some of ${knownScopes.join(", ")}, separated by spaces`);
  }
  const expiresInS = /^\d{1,5}$/.test(expiresIn) ? Number(expiresIn) : 0;
  if (expiresInS < 1 || expiresInS > 86_400) throw new Error("--expires-in must be seconds, from 1 to 86400");
  return { tenant, scopes, expiresInS, ...(values.filters !== undefined && { held: parseFilters(values.filters) }) };
}

function parseFilters(text: string): JsonObject {
  try {
    const held = JSON.parse(text) as JsonObject;
    parseHeldFilters(held);
    return held;
  } catch {
    throw new Error("--filters must be a JSON object of filters' values by name");
  }
}
