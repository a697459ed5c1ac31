/** The keys that share tokens are signed with, by `kid`: new tokens by the current one, old ones by any. */
export type ShareKeys = { readonly current: string; readonly keys: ReadonlyMap<string, Uint8Array> };

/** A key file: the keys, and where their rotation stands. */
export type ShareKeyFile = ShareKeys & {
  /** The key that becomes the current one, and since when (epoch ms) it has been in the file. */
  readonly next: { readonly kid: string; readonly sinceMs: number } | undefined;
  /** When (epoch ms) each key that was a current one ceased to be it. */
  readonly retired: ReadonlyMap<string, number>;
};

/** HS256 wants a key no shorter than its hash (https://www.rfc-editor.org/rfc/rfc7518, section 3.2). */
const minKeyBytes = 32;

/** Short, because it is part of every link. */
const kidPattern = /^[A-Za-z0-9_-]{1,8}$/;

/**
 * Parses the text of a key file, `{"current": "<kid>", "keys": {"<kid>": "<base64url>", ...}}`: a
 * `kid` is 1 to 8 letters, digits, `_` and `-`, a key at least 32 bytes. Every key verifies. A
 * rotation notes its progress in `"next": {"kid": "<kid>", "since": "<time>"}` and
 * `"retired": {"<kid>": "<time>"}`, times as in RFC 3339 and in UTC. A note about a key that an operator
 * has removed or made the current one by hand says nothing any more.
 * Throws an Error that tells the operator what is wrong and repeats no key.
 */
export function parseShareKeys(json: string): ShareKeyFile {
  const file = parseObject(json);
  const { current } = file;
  if (!isObject(file.keys)) throw problem('"keys" must be an object from kid to key');
  const keys = new Map(Object.entries(file.keys).map(([kid, key]) => [kid, parseKey(kid, key)]));
  if (typeof current !== "string" || !keys.has(current)) throw problem('"current" must be one of the kids in "keys"');
  const isNoted = (kid: string) => keys.has(kid) && kid !== current;
  const next = parseNext(file.next);
  const retired = parseRetired(file.retired).filter(([kid]) => isNoted(kid));
  return { current, keys, next: next && isNoted(next.kid) ? next : undefined, retired: new Map(retired) };
}

/** Returns the text of a key file. */
export function formatShareKeys({ current, keys, next, retired }: ShareKeyFile): string {
  const file = {
    current,
    keys: mapValues(keys, (key) => Buffer.from(key).toString("base64url")),
    ...(next && { next: { kid: next.kid, since: new Date(next.sinceMs).toISOString() } }),
    ...(retired.size > 0 && { retired: mapValues(retired, (atMs) => new Date(atMs).toISOString()) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Returns the text of a first key file around 32 random bytes. */
export function createShareKeys(random32: Uint8Array): string {
  const text = formatShareKeys({
    current: "k1",
    keys: new Map([["k1", random32]]),
    next: undefined,
    retired: new Map(),
  });
  parseShareKeys(text);
  return text;
}

function parseKey(kid: string, key: unknown): Uint8Array {
  if (!kidPattern.test(kid)) throw problem("a kid must be 1 to 8 letters, digits, _ and -");
  // Buffer would skip what is not base64url, and so accept less than what the operator meant.
  if (typeof key !== "string" || !/^[A-Za-z0-9_-]+$/.test(key)) throw problem(`key ${kid} must be base64url text`);
  const bytes = new Uint8Array(Buffer.from(key, "base64url"));
  if (bytes.length < minKeyBytes) throw problem(`key ${kid} must have at least ${minKeyBytes} bytes`);
  return bytes;
}

function parseNext(next: unknown): ShareKeyFile["next"] {
  if (next === undefined) return undefined;
  if (!isObject(next) || typeof next.kid !== "string") throw problem('"next" must be an object with "kid" and "since"');
  return { kid: next.kid, sinceMs: parseTime("next.since", next.since) };
}

function parseRetired(retired: unknown = {}): (readonly [kid: string, atMs: number])[] {
  if (!isObject(retired)) throw problem('"retired" must be an object from kid to time');
  return Object.entries(retired).map(([kid, at]) => [kid, parseTime("retired", at)] as const);
}

function parseTime(name: string, time: unknown): number {
  const ms = typeof time === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(ms)) throw problem(`"${name}" must tell times such as 2026-01-31T12:00:00Z`);
  return ms;
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

function mapValues<V, T>(map: ReadonlyMap<string, V>, convert: (value: V) => T): Record<string, T> {
  return Object.fromEntries([...map].map(([name, value]) => [name, convert(value)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problem(what: string): Error {
  return new Error(`share keys: ${what}`);
}
