/** The keys that share tokens are signed with, by `kid`: new tokens by the current one, old ones by any. */
export type ShareKeys = { readonly current: string; readonly keys: ReadonlyMap<string, Uint8Array> };

/** HS256 wants a key no shorter than its hash (https://www.rfc-editor.org/rfc/rfc7518, section 3.2). */
const minKeyBytes = 32;

/** Short, because it is part of every link. */
const kidPattern = /^[A-Za-z0-9_-]{1,8}$/;

/**
 * Parses the text of a key file, `{"current": "<kid>", "keys": {"<kid>": "<base64url>", ...}}`: a
 * `kid` is 1 to 8 letters, digits, `_` and `-`, a key at least 32 bytes. To rotate, add a key
 * everywhere, make it the current one, and remove the old one when the links it signed have expired.
 * Throws an Error that tells the operator what is wrong and repeats no key.
 */
export function parseShareKeys(json: string): ShareKeys {
  const file = parseObject(json);
  const { current } = file;
  if (!isObject(file.keys)) throw problem('"keys" must be an object from kid to key');
  const keys = new Map(Object.entries(file.keys).map(([kid, key]) => [kid, parseKey(kid, key)]));
  if (typeof current !== "string" || !keys.has(current)) throw problem('"current" must be one of the kids in "keys"');
  return { current, keys };
}

/** Returns the text of a first key file around 32 random bytes. */
export function createShareKeys(random32: Uint8Array): string {
  const text = JSON.stringify({ current: "k1", keys: { k1: Buffer.from(random32).toString("base64url") } }, null, 2);
  parseShareKeys(text);
  return `${text}\n`;
}

function parseKey(kid: string, key: unknown): Uint8Array {
  if (!kidPattern.test(kid)) throw problem("a kid must be 1 to 8 letters, digits, _ and -");
  // Buffer would skip what is not base64url, and so accept less than what the operator meant.
  if (typeof key !== "string" || !/^[A-Za-z0-9_-]+$/.test(key)) throw problem(`key ${kid} must be base64url text`);
  const bytes = new Uint8Array(Buffer.from(key, "base64url"));
  if (bytes.length < minKeyBytes) throw problem(`key ${kid} must have at least ${minKeyBytes} bytes`);
  return bytes;
}

function parseObject(json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    // JSON.parse quotes what it stumbles over, and that may be a key.
    throw problem("not JSON");
  }
  if (!isObject(parsed)) throw problem("must be a JSON object");
  return parsed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(what: string): Error {
  return new Error(`share keys: ${what}`);
}
