import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { openSecret, type SecretPlace, sealSecret } from "./seal.ts";
import type { SecretKeys } from "./secret-keys.ts";

/** Seals, opens and marks secrets with keys that nobody sees: nothing of this can be printed. */
export type Secrets = {
  /** Seals with the current key, for one place. */
  seal(secret: Uint8Array, place: SecretPlace): Promise<string>;
  /** Opens what was sealed for that place. Throws SealError. */
  open(sealed: string, place: SecretPlace): Promise<Uint8Array>;
  /**
   * Returns a mark by which the same text is known again, and by which nobody without the keys can find the
   * text, however few there may be: it names its key, and is an HMAC by another one that follows from that.
   */
  mark(text: string): string;
  /** Says whether a mark is the text's, also one by an earlier key that is still there. */
  isMarkOf(mark: string, text: string): boolean;
  /** Returns a key of 32 bytes for another purpose, which follows from the current key and does not lead back to it. */
  keyFor(purpose: string): Uint8Array;
};

/** Creates them over the keys as they are now: they rotate while the service runs. */
export function createSecrets(keys: () => SecretKeys): Secrets {
  const markBy = (kid: string, key: Uint8Array, text: string) =>
    `${kid}.${createHmac("sha256", derive(key, "marks of requests")).update(text).digest("hex")}`;
  return {
    seal: (secret, place) => sealSecret(secret, place, keys()),
    open: (sealed, place) => openSecret(sealed, place, keys()),
    mark(text) {
      const { current, keys: all } = keys();
      return markBy(current, all.get(current)!, text);
    },
    isMarkOf(mark, text) {
      const kid = mark.slice(0, Math.max(0, mark.indexOf(".")));
      const key = keys().keys.get(kid);
      if (key === undefined) return false;
      const [given, own] = [Buffer.from(mark), Buffer.from(markBy(kid, key, text))];
      return given.length === own.length && timingSafeEqual(given, own);
    },
    keyFor(purpose) {
      const { current, keys: all } = keys();
      return derive(all.get(current)!, purpose);
    },
  };
}

/** No key serves two purposes (RFC 5869). */
function derive(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, new Uint8Array(), purpose, 32));
}
