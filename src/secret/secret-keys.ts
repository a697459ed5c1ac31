import { createKeyFile, type KeyFile, type KeyFileForm, type KeySet, parseKeyFile } from "../keys/key-file.ts";

/** The keys that secrets are sealed with, by `kid`: new ones by the current key, old ones open with any. */
export type SecretKeys = KeySet;

/** A256GCM takes a key of exactly 256 bits (https://www.rfc-editor.org/rfc/rfc7518, section 5.3). */
const form: KeyFileForm = { what: "secret keys", minKeyBytes: 32, maxKeyBytes: 32 };

/** Parses the text of a key file. Throws an Error for the operator that repeats no key. */
export function parseSecretKeys(json: string): KeyFile {
  return parseKeyFile(json, form);
}

/** Returns the text of a first key file around 32 random bytes. */
export function createSecretKeys(random32: Uint8Array): string {
  return createKeyFile(random32, form);
}
