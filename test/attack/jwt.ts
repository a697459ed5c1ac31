import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { JwtChanges } from "./corpus.ts";
import { mutate, mutationFields } from "./mutate.ts";
import { fillInDeep, namesIn, type Variables } from "./variables.ts";

export const issuer = "https://issuer.attack.test";
export const audience = "dashboards-attack";

const keys = {
  rs: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  other: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  new: generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

/** The issuer's keys, among which the attacker's is not. */
export function publicKeys(): readonly object[] {
  return [{ ...publicJwk("rs"), kid: "r1", alg: "RS256", use: "sig" }];
}

/** The same, and the one that it goes over to. */
export function rotatedKeys(): readonly object[] {
  return [...publicKeys(), { ...publicJwk("new"), kid: "r2", alg: "RS256", use: "sig" }];
}

function publicJwk(name: keyof typeof keys): object {
  return keys[name].publicKey.export({ format: "jwk" });
}

/**
 * Gives the good token of a tenant by a clock, with more scopes than the usual if need be. Signing one takes longer than
 * most requests, so that each serves for a minute.
 */
export function createTokens(nowMs: () => number = Date.now): (tenant: string, moreScopes?: string) => string {
  const kept = new Map<string, { token: string; madeAtMs: number }>();
  return (tenant, moreScopes = "") => {
    const key = `${tenant} ${moreScopes}`;
    const known = kept.get(key);
    if (known !== undefined && Math.abs(nowMs() - known.madeAtMs) < 60_000) return known.token;
    const scope = `${usualScopes} ${moreScopes}`.trim();
    const token = forgeToken({ claims: { tenant, scope } }, {}, nowMs());
    kept.set(key, { token, madeAtMs: nowMs() });
    return token;
  };
}

const usualScopes = "dashboards:render dashboards:publish dashboards:share";

/** The good token of tenant A with changes. */
export function forgeToken(changes: JwtChanges, variables: Variables, nowMs = Date.now()): string {
  const header = without({ alg: "RS256", kid: "r1", typ: "JWT", ...toValues(changes.header, variables) });
  const claims = without({ ...goodClaims(nowMs), ...toValues(changes.claims, variables) });
  const payload = encode(toPayload(JSON.stringify(claims), changes));
  const input = `${encode(JSON.stringify(header))}.${payload}`;
  const other = () => forgeToken({ claims: { tenant: "B" } }, variables).split(".") as [string, string, string];
  const signature = toSignature(input, `${header.alg}`, changes, () => other()[2]);
  const [head] = input.split(".");
  const token = `${head}.${changes.payload_from === "B" ? other()[1] : payload}.${signature}`;
  if (changes.twin === true) return mutate(token, { twin: true });
  return changes.mutate === undefined ? token : mutate(token, changes.mutate);
}

const changeFields = new Set([
  ...[
    "header",
    "claims",
    "claims_raw",
    "claims_hex",
    "claims_patch_raw",
    "key",
    "sig",
    "payload_from",
    "mutate",
    "twin",
  ],
]);

/** Returns what of a change is not known, undefined if all is. */
export function unknownChange(changes: JwtChanges): string | undefined {
  const { key = "rs", sig = "empty", mutate: mutation = {} } = changes;
  const field = Object.keys(changes).find((name) => !changeFields.has(name));
  if (field !== undefined) return field;
  if (!/^(hmac:.*|rs|other|new)$/.test(key)) return `key ${key}`;
  if (!/^(empty|zero64|from:B|from:RS256)$/.test(sig)) return `sig ${sig}`;
  return Object.keys(mutation).find((name) => !mutationFields.includes(name));
}

function goodClaims(nowMs: number): Record<string, unknown> {
  const nowS = Math.floor(nowMs / 1000);
  return {
    iss: issuer,
    aud: audience,
    sub: "u",
    tenant: "A",
    scope: usualScopes,
    iat: nowS,
    exp: nowS + 300,
  };
}

function toPayload(json: string, { claims_raw, claims_hex, claims_patch_raw }: JwtChanges): string | Buffer {
  if (claims_raw !== undefined) return claims_raw;
  if (claims_hex !== undefined) return Buffer.from(claims_hex, "hex");
  if (claims_patch_raw === undefined) return json;
  const name = /^"(\w+)":/.exec(claims_patch_raw)![1];
  return json.replace(new RegExp(`"${name}":[^,}]*`), claims_patch_raw);
}

function toSignature(input: string, alg: string, { sig, key = "rs" }: JwtChanges, fromB: () => string): string {
  if (sig === "empty") return "";
  if (sig === "zero64") return encode(Buffer.alloc(64));
  if (sig === "from:B") return fromB();
  if (sig !== undefined && sig !== "from:RS256") throw new Error(`sig ${sig} is not known`);
  if (key.startsWith("hmac:")) {
    return encode(
      createHmac("sha256", hmacSecret(key.slice("hmac:".length)))
        .update(input)
        .digest(),
    );
  }
  const { privateKey } = keys[key as keyof typeof keys];
  return encode(alg === "PS256" ? signPss(input, privateKey) : sign("sha256", Buffer.from(input), privateKey));
}

function hmacSecret(name: string): string {
  if (name === "public_pem") return `${keys.rs.publicKey.export({ format: "pem", type: "spki" })}`;
  if (name === "jwk_n") return `${(publicJwk("rs") as { n: string }).n}`;
  return name === "empty" ? "" : name;
}

function signPss(input: string, key: KeyObject): Buffer {
  return sign("sha256", Buffer.from(input), {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}

/** Reads `now+300` as a time, the same in inner quotes as text, and the name of a key as the key. */
function toValues(fields: Readonly<Record<string, unknown>> = {}, variables: Variables): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toValue(value, variables)]));
}

function toValue(value: unknown, variables: Variables): unknown {
  if (namesIn(value).includes("OTHER_PUBLIC_JWK")) return publicJwk("other");
  const time = typeof value === "string" ? /^("?)now([+-]\d+)\1$/.exec(value) : null;
  if (time === null) return fillInDeep(value, variables);
  const epochS = Math.floor(Date.now() / 1000) + Number(time[2]);
  return time[1] === "" ? epochS : `${epochS}`;
}

function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function encode(bytes: string | Buffer): string {
  return Buffer.from(bytes).toString("base64url");
}
