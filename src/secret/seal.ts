import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, errors } from "jose";
import type { SecretKeys } from "./secret-keys.ts";

/** Whose secret it is: a sealed text opens nowhere else. */
export type SecretPlace = { readonly tenant: string; readonly name: string };

/** A sealed text that does not open. Its message says why to an operator, and holds nothing of the text. */
export class SealError extends Error {
  override readonly name = "SealError";
}

/** Encrypted directly with the key: every text has a random initialization vector of its own. */
const algorithm = { alg: "dir", enc: "A256GCM" } as const;

/**
 * Seals a secret with the current key: a JWE in its compact form (RFC 7516). The key's id, the tenant and
 * the name stand in its protected header, readable, and authenticated with the rest.
 */
export function sealSecret(secret: Uint8Array, { tenant, name }: SecretPlace, keys: SecretKeys): Promise<string> {
  return new CompactEncrypt(secret)
    .setProtectedHeader({ ...algorithm, kid: keys.current, tenant, name })
    .encrypt(keys.keys.get(keys.current)!);
}

/**
 * Opens what `sealSecret` sealed at that place. Throws SealError for a key that is gone, for a text that was
 * changed, and for one that was moved from another tenant or name.
 */
export async function openSecret(sealed: string, place: SecretPlace, { keys }: SecretKeys): Promise<Uint8Array> {
  const key = keys.get(kidOf(sealed) ?? "");
  if (key === undefined) throw new SealError("the key that sealed it is not in the key file");
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [algorithm.alg],
      contentEncryptionAlgorithms: [algorithm.enc],
    });
    const { tenant, name, alg, enc, kid, ...more } = protectedHeader;
    if (tenant !== place.tenant || name !== place.name || Object.keys(more).length > 0) {
      throw new SealError("it was sealed for something else");
    }
    return plaintext;
  } catch (error) {
    // Without its cause, which may hold what was decrypted.
    if (error instanceof errors.JOSEError) throw new SealError("it was changed after it was sealed");
    throw error;
  }
}

/** Returns the id of the key that sealed a text, as the text has it; undefined for what was not sealed. */
export function kidOf(sealed: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(sealed);
    return typeof kid === "string" ? kid : undefined;
  } catch {
    return undefined;
  }
}
