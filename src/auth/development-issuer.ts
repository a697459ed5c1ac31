import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, SignJWT } from "jose";

/** An issuer of access tokens for a developer's own machine. Production has an issuer of its own. */
export type DevelopmentIssuer = {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  /** Signs an access token. The authenticator takes lifetimes of up to a day. */
  readonly mint: (grant: Grant) => Promise<string>;
};

/** What a token says. */
export type Grant = {
  readonly tenant: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly expiresInS: number;
  /** Values of filters that it holds its caller to, by name; none where absent. */
  readonly held?: JsonObject;
};

/** The claim that holds a caller to filters, unless an issuer of production has another name for it. */
export const defaultFiltersClaim = "dashboard_filters";

const issuer = "https://development.invalid";
const audience = "datajetty-dashboards";

/**
 * Opens the issuer whose Ed25519 key is `development-key.json` in the folder, and makes folder and
 * key (mode 0600) where they are missing. Whoever opens the same folder, also at the same time,
 * gets the same key. Rejects if the file holds anything else.
 */
export async function openDevelopmentIssuer(folder: string, now: () => number): Promise<DevelopmentIssuer> {
  const path = join(folder, "development-key.json");
  const text = (await readIfThere(path)) ?? (await makeKeyFile(folder, path));
  const { x, d } = parseKey(text, path);
  const jwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const kid = await calculateJwkThumbprint(jwk);
  const key = await importJWK({ ...jwk, d }, "EdDSA");
  return {
    issuer,
    audience,
    jwks: { keys: [{ ...jwk, kid, alg: "EdDSA", use: "sig" }] },
    mint: ({ tenant, subject, scopes, expiresInS, held }) => {
      const iat = Math.floor(now() / 1000);
      const claims = { tenant, scope: scopes.join(" "), ...(held && { [defaultFiltersClaim]: held }) };
      return new SignJWT({ ...claims, iss: issuer, aud: audience, sub: subject })
        .setProtectedHeader({ alg: "EdDSA", kid, typ: "JWT" })
        .setIssuedAt(iat)
        .setExpirationTime(iat + expiresInS)
        .sign(key);
    },
  };
}

function parseKey(text: string, path: string): { x: string; d: string } {
  try {
    const { x, d } = JSON.parse(text);
    if (typeof x === "string" && typeof d === "string") return { x, d };
  } catch {}
  throw new Error(`${path} is not a key that this service made: remove it, and a new one is made`);
}

async function makeKeyFile(folder: string, path: string): Promise<string> {
  const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
  const draft = `${path}.${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await writeFile(draft, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600, flag: "wx", flush: true });
  try {
    // A link, not a rename: it fails where another start was first, and that one's key is then ours.
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(path, "utf8");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
