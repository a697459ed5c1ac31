import { readFile } from "node:fs/promises";
import type { TrustedIssuer } from "../auth/access-token.ts";
import { type DevelopmentIssuer, defaultFiltersClaim, openDevelopmentIssuer } from "../auth/development-issuer.ts";
import { createFixedJwks, createRemoteJwks } from "../auth/jwks.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log/log.ts";

/** Whose tokens the service takes, and in which claims they say what. */
export type Trust = {
  readonly issuers: readonly TrustedIssuer[];
  readonly tenantClaim: string;
  readonly scopeClaim: string;
  readonly filtersClaim: string;
  /** The issuer of a developer's own machine; undefined where the operator has named one. */
  readonly development: DevelopmentIssuer | undefined;
  /** What the last read of the issuer's keys came to; undefined where there was none yet, or they are in a file. */
  readonly issuerState: () => "up" | "down" | undefined;
};

/** Opens the operator's issuer, or without one that of development, whose keys are in the data folder. */
export async function openTrust(config: Config, now: () => number, log: Log): Promise<Trust> {
  if (config.issuer !== undefined) {
    const { issuer, audience, jwks } = config.issuer;
    const { tenantClaim, scopeClaim, filtersClaim } = config;
    const claims = { tenantClaim, scopeClaim, filtersClaim };
    if ("url" in jwks) {
      const keys = createRemoteJwks({ url: new URL(jwks.url), now, log });
      return { issuers: [{ issuer, audience, keys }], ...claims, development: undefined, issuerState: keys.state };
    }
    const keys = createFixedJwks(JSON.parse(await readFile(jwks.file, "utf8")));
    return { issuers: [{ issuer, audience, keys }], ...claims, development: undefined, issuerState: () => undefined };
  }
  const development = await openDevelopmentIssuer(config.dataDir, now);
  const { issuer, audience, jwks } = development;
  const issuers = [{ issuer, audience, keys: createFixedJwks(jwks) }];
  // The development issuer has claims of its own, whatever the operator's are called.
  const claims = { tenantClaim: "tenant", scopeClaim: "scope", filtersClaim: defaultFiltersClaim };
  return { issuers, ...claims, development, issuerState: () => undefined };
}
