import { createKeyFile, type KeyFile, type KeyFileForm, type KeySet, parseKeyFile } from "../keys/key-file.ts";

/** The keys that share tokens are signed with, by `kid`: new tokens by the current one, old ones by any. */
export type ShareKeys = KeySet;

/** HS256 wants a key no shorter than its hash (https://www.rfc-editor.org/rfc/rfc7518, section 3.2). */
const form: KeyFileForm = { what: "share keys", minKeyBytes: 32, maxKeyBytes: Number.POSITIVE_INFINITY };

/** Parses the text of a key file. Every key verifies. Throws an Error for the operator that repeats no key. */
export function parseShareKeys(json: string): KeyFile {
  return parseKeyFile(json, form);
}

/** Returns the text of a first key file around 32 random bytes. */
export function createShareKeys(random32: Uint8Array): string {
  return createKeyFile(random32, form);
}
