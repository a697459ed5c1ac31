import type { JsonObject } from "@bufbuild/protobuf";
import { type Grant, openDevelopmentIssuer } from "../auth/development-issuer.ts";
import { parseHeldFilters } from "../auth/held-filters.ts";
import { developerScopes, scopes as knownScopes } from "../auth/scopes.ts";
import { isTenant } from "../auth/tenant.ts";
import { parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";

/** The scopes of a token for which none are named. */
export const defaultScopes = developerScopes.join(" ");

/** A token as it is asked for on a command line. */
export type TokenOptions = {
  readonly tenant: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  /** Whole seconds. */
  readonly expiresIn: string;
  /** A JSON object. */
  readonly filters?: string | undefined;
};

/**
 * Mints an access token of the development issuer, whose key is in the data folder of the environment. Throws an Error
 * for whoever asked where an option is wrong, or the environment's service trusts another issuer.
 */
export async function mintToken(
  options: TokenOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (env.NODE_ENV === "production") {
    throw new Error("NODE_ENV is production: access tokens come from the issuer that the service trusts");
  }
  const grant = toGrant(options);
  const config = parseConfig(env, defaultDataDir());
  if (config.issuer !== undefined) {
    throw new Error("AUTH_ISSUER is set: ask that issuer for a token, for the service takes no other");
  }
  const issuer = await openDevelopmentIssuer(config.dataDir, Date.now);
  return issuer.mint({ ...grant, subject: "developer" });
}

function toGrant({ tenant, scopes: text, expiresIn, filters }: TokenOptions): Omit<Grant, "subject"> {
  if (!isTenant(tenant)) throw new Error("--tenant must be 1 to 63 letters, digits, _ and -, a letter or digit first");
  const scopes = text.split(" ").filter((scope) => scope !== "");
  if (!scopes.every((scope) => knownScopes.some((known) => known === scope))) {
    throw new Error(`--scopes must be some of ${knownScopes.join(", ")}, separated by spaces`);
  }
  const expiresInS = /^\d{1,5}$/.test(expiresIn) ? Number(expiresIn) : 0;
  if (expiresInS < 1 || expiresInS > 86_400) throw new Error("--expires-in must be seconds, from 1 to 86400");
  return { tenant, scopes, expiresInS, ...(filters !== undefined && { held: parseFilters(filters) }) };
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
