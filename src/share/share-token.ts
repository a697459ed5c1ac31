import { errors, jwtVerify, SignJWT } from "jose";
import type { ShareKeys } from "./share-keys.ts";

/** What a share token says. What the link shows is in the row that the id names. */
export type ShareClaims = {
  readonly tenant: string;
  readonly shareId: string;
  /** Epoch seconds; from this second on the token is dead. */
  readonly expiresAtS: number;
};

/** The token's own type: no access token passes for a share token, nor the other way round (RFC 8725, section 3.11). */
const typ = "djs";

const tokenPattern = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;
const subjectPattern = /^([A-Za-z0-9][A-Za-z0-9_-]{0,62})\/([A-Za-z0-9_-]{22})$/;
const maxLength = 512;

/** Returns the id of a new share, 22 characters, for 16 random bytes: 128 bits are not guessed. */
export function newShareId(random: Uint8Array): string {
  if (random.length !== 16) throw new RangeError("a share id takes 16 random bytes");
  return Buffer.from(random).toString("base64url");
}

/**
 * Signs a share token with the current key: a JWS (HS256) of at most 255 characters, the same text
 * whenever the claims and the key are the same.
 */
export function mintShareToken({ tenant, shareId, expiresAtS }: ShareClaims, keys: ShareKeys): Promise<string> {
  return new SignJWT({ sub: `${tenant}/${shareId}`, exp: expiresAtS })
    .setProtectedHeader({ alg: "HS256", kid: keys.current, typ })
    .sign(keys.keys.get(keys.current)!);
}

/**
 * Returns what a token says, or null if it has expired at `nowS` (epoch seconds), is forged or
 * malformed, names a key that is gone, or is another spelling of a good token: exactly one text
 * opens a link.
 */
export async function verifyShareToken(token: string, keys: ShareKeys, nowS: number): Promise<ShareClaims | null> {
  if (!isCanonical(token)) return null;
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => findKey(keys, kid), {
      algorithms: ["HS256"],
      typ,
      currentDate: new Date(nowS * 1000),
    });
    const [, tenant, shareId] = subjectPattern.exec(payload.sub ?? "") ?? [];
    // jose takes no exp at all, and 1e400, which is Infinity.
    if (tenant === undefined || shareId === undefined || !Number.isSafeInteger(payload.exp)) return null;
    return { tenant, shareId, expiresAtS: payload.exp! };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** jose decodes a last character with spare bits set, and a padded one, like the plain one. */
function isCanonical(token: string): boolean {
  if (token.length > maxLength || !tokenPattern.test(token)) return false;
  return token.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part);
}

function findKey({ keys }: ShareKeys, kid: string | undefined): Uint8Array {
  const key = keys.get(kid ?? "");
  if (key === undefined) throw new errors.JWKSNoMatchingKey();
  return key;
}
