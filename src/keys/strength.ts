import type { KeySet } from "./key-file.ts";

/**
 * Different bytes that a key must have: 32 that are drawn at random have some 30, and fewer than 16 about never. A
 * word that is repeated, a row of zeros or a placeholder has fewer.
 */
const minDifferentBytes = 16;

/** Returns the keys, or throws an Error that names a key that was not drawn at random and repeats none. */
export function requireRandomKeys<Keys extends KeySet>(keys: Keys): Keys {
  for (const [kid, key] of keys.keys) {
    if (new Set(key).size < minDifferentBytes) {
      throw new Error(`key ${kid} can be guessed: make it of random bytes, as the runbook does`);
    }
  }
  return keys;
}
