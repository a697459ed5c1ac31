import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import type { CacheKey } from "../cache/byte-cache.ts";

/** Names and seals what is kept where others may look, and write. */
export type Vault = {
  /** Returns the name of an entry: its tenant's, 22 characters, a dot, and its own. Nobody can guess from it. */
  name(key: CacheKey): string;
  /** Encrypts bytes for one name. */
  seal(name: string, bytes: Uint8Array): Buffer;
  /** Returns what was sealed for that name; undefined for anything else, be it changed, cut, moved or made up. */
  open(name: string, sealed: Uint8Array): Buffer | undefined;
};

/** How many bytes a sealed text is longer: the nonce before it and the tag behind it. */
export const sealBytes = 28;

const nonceBytes = 12;
const tagBytes = 16;

/**
 * Creates a vault over a key of 32 bytes as it is now. Names and the keys that seal follow from the key, the scope,
 * the tenant and the entry's key: whoever has another scope or key finds nothing, and opens nothing. Each name has a
 * key of its own, so that random nonces (AES-256-GCM, NIST SP 800-38D) are enough for as many texts as there will be.
 */
export function createVault(key: () => Uint8Array, scope: string): Vault {
  const derive = (purpose: string, ...parts: readonly string[]) =>
    createHmac("sha256", key())
      .update(JSON.stringify([purpose, scope, ...parts]))
      .digest();

  return {
    name({ tenant, key: own }) {
      const whose = derive("tenant", tenant).subarray(0, 16).toString("base64url");
      return `${whose}.${derive("name", tenant, own).toString("base64url")}`;
    },
    seal(name, bytes) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", derive("seal", name), nonce);
      return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
    },
    open(name, sealed) {
      if (sealed.length < sealBytes) return undefined;
      const nonce = sealed.subarray(0, nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", derive("seal", name), nonce, { authTagLength: tagBytes });
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      try {
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
