import { hash } from "node:crypto";
import { ConnectError } from "@connectrpc/connect";
import { LRUCache } from "lru-cache";
import { fault } from "../errors/fault.ts";
import { type TrustedIssuer, verifyAccessToken } from "./access-token.ts";
import { parseBearer } from "./bearer.ts";
import type { Principal } from "./principal.ts";

/**
 * Tells who calls from the `Authorization` header, at once where the token was verified a moment ago. Every
 * defect of the header or the token throws UNAUTHENTICATED with one and the same message, so that a forger
 * learns nothing; the cause is for the log. DEPENDENCY_DOWN means that the token could not be judged: the
 * issuer's keys were never had, and could not be had now.
 */
export type Authenticator = (authorization: string | null) => Principal | Promise<Principal>;

/** What an authenticator needs. */
export type AuthenticatorOptions = {
  /** Whose tokens count. A token's own `iss` picks among them, by exact text. */
  readonly issuers: readonly TrustedIssuer[];
  /** The claim that names the tenant. */
  readonly tenantClaim: string;
  /** The claim that lists the scopes, separated by spaces. */
  readonly scopeClaim: string;
  /** The claim that holds the caller to values of filters, by name. */
  readonly filtersClaim: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How many verified tokens are remembered; 10,000 by default, because that is some 5 MB. */
  readonly maxCached?: number;
};

/**
 * How long a verified token is believed without a new look at its signature: verifying one takes
 * 60 to 200 µs of CPU. It is also how long a key that its issuer withdrew can still work.
 */
const believedMs = 60_000;

/** Creates an authenticator that remembers the tokens it verified, never those it refused. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { now } = options;
  const rules = { ...options, issuers: new Map(options.issuers.map((trusted) => [trusted.issuer, trusted])) };
  const verified = new LRUCache<string, { principal: Principal; untilMs: number }>({
    max: options.maxCached ?? 10_000,
  });
  return (authorization) => {
    const token = parseBearer(authorization);
    if (token === undefined) throw refusal(undefined);
    // By digest, so that a heap dump holds no token that still works.
    const digest = hash("sha256", token, "base64url");
    const known = verified.get(digest);
    return known !== undefined && now() < known.untilMs ? known.principal : verify(token, digest);
  };

  async function verify(token: string, digest: string): Promise<Principal> {
    try {
      const { principal, expiresAtMs } = await verifyAccessToken(token, rules);
      verified.set(digest, { principal, untilMs: Math.min(expiresAtMs, now() + believedMs) });
      return principal;
    } catch (error) {
      // The keys' source throws a fault of its own; all else is a defect of the token.
      throw error instanceof ConnectError ? error : refusal(error);
    }
  }
}

function refusal(cause: unknown): ConnectError {
  return fault("UNAUTHENTICATED", "send a valid access token as `Authorization: Bearer <token>`", { cause });
}
