/** Tokens as a tester writes them: any header, any payload, any signature; by node:crypto, not by what is tested. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { Writable } from "node:stream";
import { type Authenticator, createAuthenticator } from "../../src/auth/authenticator.ts";
import { createFixedJwks, type JwksSource } from "../../src/auth/jwks.ts";
import { createLog } from "../../src/log/log.ts";

export const issuer = "https://issuer.test";
export const audience = "dashboards";

/** 2026-01-01, to the second: nothing here reads the real clock. */
export const nowS = 1_767_225_600;

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Signs the text `header.payload`. */
export type Signer = (input: string) => Buffer;

export const rs256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign("sha256", Buffer.from(input), key);

export const hs256 =
  (secret: string | Buffer): Signer =>
  (input) =>
    createHmac("sha256", secret).update(input).digest();

/** What differs from a good token. A claim or header of null goes. */
export type Changes = {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** In place of the payload's text. */
  readonly payload?: string | Buffer;
  readonly signer?: Signer;
};

/** The good token of tenant A, or what the changes make of it. */
export function mint({ header, claims, payload, signer = rs256(rsa.privateKey) }: Changes = {}): string {
  const head = without({ alg: "RS256", kid: "r1", typ: "JWT", ...header });
  const body = payload ?? JSON.stringify(without({ ...goodClaims(), ...claims }));
  const input = `${encode(JSON.stringify(head))}.${encode(body)}`;
  return `${input}.${encode(signer(input))}`;
}

export function goodClaims(): Record<string, unknown> {
  return {
    iss: issuer,
    aud: audience,
    sub: "u",
    tenant: "A",
    scope: "dashboards:render dashboards:publish dashboards:share",
    iat: nowS,
    exp: nowS + 300,
  };
}

export function publicJwk(key: KeyObject, kid: string): Record<string, unknown> {
  return { ...key.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
}

export function encode(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString("base64url");
}

/** An authenticator whose clock stands at `nowS` unless told. */
export function createTestAuthenticator(
  options: { keys?: JwksSource; now?: () => number; maxCached?: number } = {},
): Authenticator {
  const { keys = createFixedJwks({ keys: [publicJwk(rsa.publicKey, "r1")] }), now = () => nowS * 1000 } = options;
  return createAuthenticator({
    issuers: [{ issuer, audience, keys }],
    tenantClaim: "tenant",
    scopeClaim: "scope",
    filtersClaim: "dashboard_filters",
    now,
    ...(options.maxCached !== undefined && { maxCached: options.maxCached }),
  });
}

/** A log that a test can read. */
export function createTestLog() {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(`${chunk}`);
      done();
    },
  });
  return { log: createLog("debug", stream), lines };
}

function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
