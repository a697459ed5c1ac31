import { decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { parseHeldFilters } from "./held-filters.ts";
import type { JwksSource } from "./jwks.ts";
import type { Principal } from "./principal.ts";
import { isTenant } from "./tenant.ts";

/** An issuer of access tokens, what they must be meant for, and the keys they are signed with. */
export type TrustedIssuer = { readonly issuer: string; readonly audience: string; readonly keys: JwksSource };

/** What tokens are held against. */
export type TokenRules = {
  readonly issuers: ReadonlyMap<string, TrustedIssuer>;
  readonly tenantClaim: string;
  readonly scopeClaim: string;
  readonly filtersClaim: string;
  readonly now: () => number;
};

/** Public-key signatures only. EdDSA is the older name of Ed25519; issuers still use both. */
const algorithms = ["EdDSA", "Ed25519", "ES256", "RS256"];

/** The kinds of JWT that are access tokens: RFC 9068's own, and what most issuers write. */
const types = new Set([undefined, "jwt", "at+jwt"]);

/** The most that lies between `iat` and `exp`: a token that leaks is worth a day. */
const maxAgeS = 24 * 60 * 60;

/**
 * For issuers whose clock runs ahead of ours: so much may `iat` and `nbf` lie in the future. `exp`
 * gets nothing on top.
 */
const toleranceS = 5;

/**
 * Verifies an access token after RFC 8725 and gives whom it speaks for, and until when. Keys come
 * from the configured issuer that `iss` names: `jku`, `x5u`, `jwk` and `x5c` are never followed.
 * Rejects with a fault if the keys cannot be had, and with any other error if the token is no good.
 */
export async function verifyAccessToken(
  token: string,
  rules: TokenRules,
): Promise<{ principal: Principal; expiresAtMs: number }> {
  // jose decodes a last character with spare bits set like the plain one: one token would have many texts.
  if (!isCanonical(token)) throw new Error("another spelling of base64url");
  const { typ, crit, zip } = decodeProtectedHeader(token);
  // jose takes any typ unless told the one, and understands one crit extension, which we do not want.
  if (crit !== undefined || zip !== undefined || !types.has(typ?.toLowerCase().replace(/^application\//, ""))) {
    throw new Error("a header that access tokens do not have");
  }
  const trusted = rules.issuers.get(decodeJwt(token).iss ?? "");
  if (trusted === undefined) throw new Error("an unknown issuer");
  const nowMs = rules.now();
  const { payload } = await jwtVerify(token, trusted.keys, {
    algorithms,
    issuer: trusted.issuer,
    audience: trusted.audience,
    requiredClaims: ["iss", "aud", "sub", "iat", "exp"],
    maxTokenAge: maxAgeS,
    clockTolerance: toleranceS,
    currentDate: new Date(nowMs),
  });
  return { principal: payloadToPrincipal(payload, rules), expiresAtMs: checkLifetime(payload, nowMs) };
}

function isCanonical(token: string): boolean {
  return token.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

/** jose takes 1e400, which is Infinity, for a date, and does not compare `exp` with `iat`. */
function checkLifetime({ iat, exp }: JWTPayload, nowMs: number): number {
  if (!isSafeInteger(iat) || !isSafeInteger(exp)) throw new Error("iat or exp is no date");
  if (exp - iat > maxAgeS) throw new Error("a lifetime of more than a day");
  if (exp * 1000 <= nowMs) throw new Error("expired");
  return exp * 1000;
}

function payloadToPrincipal(payload: JWTPayload, { tenantClaim, scopeClaim, filtersClaim }: TokenRules): Principal {
  const { sub, [tenantClaim]: tenant, [scopeClaim]: scope, [filtersClaim]: filters } = payload;
  if (!isTenant(tenant)) throw new Error("no tenant");
  // The subject is stored as an author: PostgreSQL takes neither NUL nor half a surrogate pair.
  if (typeof sub !== "string" || !/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(sub)) throw new Error("no subject");
  // Only text grants anything: a list is not what RFC 8693 calls a scope, and guessing would be generous.
  const scopes = new Set(typeof scope === "string" ? scope.split(" ") : []);
  return { tenant, subject: sub, scopes, held: parseHeldFilters(filters) };
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
