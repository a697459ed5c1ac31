/** Keys by `kid`: what is new is made with the current one, what is old is read with any. */
export type KeySet = { readonly current: string; readonly keys: ReadonlyMap<string, Uint8Array> };

/** A key file: the keys, and where their rotation stands. */
export type KeyFile = KeySet & {
  /** The key that becomes the current one, and since when (epoch ms) it has been in the file. */
  readonly next: { readonly kid: string; readonly sinceMs: number } | undefined;
  /** When (epoch ms) each key that was a current one ceased to be it. */
  readonly retired: ReadonlyMap<string, number>;
};

/** What a file's keys are for, as messages call them, and how long each has to be. */
export type KeyFileForm = {
  readonly what: string;
  readonly minKeyBytes: number;
  /** Infinity for keys of any length. */
  readonly maxKeyBytes: number;
};

/** Short, because it is part of everything that is made with its key. */
const kidPattern = /^[A-Za-z0-9_-]{1,8}$/;

/**
 * Parses the text of a key file, `{"current": "<kid>", "keys": {"<kid>": "<base64url>", ...}}`: a
 * `kid` is 1 to 8 letters, digits, `_` and `-`. A rotation notes its progress in
 * `"next": {"kid": "<kid>", "since": "<time>"}` and `"retired": {"<kid>": "<time>"}`, times as in RFC 3339
 * and in UTC. A note about a key that an operator has removed or made the current one by hand says
 * nothing any more. Throws an Error that tells the operator what is wrong and repeats no key.
 */
export function parseKeyFile(json: string, form: KeyFileForm): KeyFile {
  try {
    return parse(json, form);
  } catch (error) {
    throw new Error(`${form.what}: ${(error as Error).message}`);
  }
}

/** Returns the text of a key file. */
export function formatKeyFile({ current, keys, next, retired }: KeyFile): string {
  const file = {
    current,
    keys: mapValues(keys, (key) => Buffer.from(key).toString("base64url")),
    ...(next && { next: { kid: next.kid, since: new Date(next.sinceMs).toISOString() } }),
    ...(retired.size > 0 && { retired: mapValues(retired, (atMs) => new Date(atMs).toISOString()) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Returns the text of a first key file around random bytes, of as many as its form asks for. */
export function createKeyFile(random: Uint8Array, form: KeyFileForm): string {
  const text = formatKeyFile({
    current: "k1",
    keys: new Map([["k1", random]]),
    next: undefined,
    retired: new Map(),
  });
  parseKeyFile(text, form);
  return text;
}

function parse(json: string, form: KeyFileForm): KeyFile {
  const file = parseObject(json);
  const { current } = file;
  if (!isObject(file.keys)) throw new Error('"keys" must be an object from kid to key');
  const keys = new Map(Object.entries(file.keys).map(([kid, key]) => [kid, parseKey(kid, key, form)]));
  if (typeof current !== "string" || !keys.has(current)) throw new Error('"current" must be one of the kids in "keys"');
  const isNoted = (kid: string) => keys.has(kid) && kid !== current;
  const next = parseNext(file.next);
  const retired = parseRetired(file.retired).filter(([kid]) => isNoted(kid));
  return { current, keys, next: next && isNoted(next.kid) ? next : undefined, retired: new Map(retired) };
}

function parseKey(kid: string, key: unknown, { minKeyBytes, maxKeyBytes }: KeyFileForm): Uint8Array {
  if (!kidPattern.test(kid)) throw new Error("a kid must be 1 to 8 letters, digits, _ and -");
  // Buffer would skip what is not base64url, and so accept less than what the operator meant.
  if (typeof key !== "string" || !/^[A-Za-z0-9_-]+$/.test(key)) throw new Error(`key ${kid} must be base64url text`);
  const bytes = new Uint8Array(Buffer.from(key, "base64url"));
  if (bytes.length < minKeyBytes) throw new Error(`key ${kid} must have at least ${minKeyBytes} bytes`);
  if (bytes.length > maxKeyBytes) throw new Error(`key ${kid} must have at most ${maxKeyBytes} bytes`);
  return bytes;
}

function parseNext(next: unknown): KeyFile["next"] {
  if (next === undefined) return undefined;
  if (!isObject(next) || typeof next.kid !== "string")
    throw new Error('"next" must be an object with "kid" and "since"');
  return { kid: next.kid, sinceMs: parseTime("next.since", next.since) };
}

function parseRetired(retired: unknown = {}): (readonly [kid: string, atMs: number])[] {
  if (!isObject(retired)) throw new Error('"retired" must be an object from kid to time');
  return Object.entries(retired).map(([kid, at]) => [kid, parseTime("retired", at)] as const);
}

function parseTime(name: string, time: unknown): number {
  const ms = typeof time === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time) ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`"${name}" must tell times such as 2026-01-31T12:00:00Z`);
  return ms;
}

function parseObject(json: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    // JSON.parse quotes what it stumbles over, and that may be a key.
    throw new Error("not JSON");
  }
  if (!isObject(parsed)) throw new Error("must be a JSON object");
  return parsed;
}

function mapValues<V, T>(map: ReadonlyMap<string, V>, convert: (value: V) => T): Record<string, T> {
  return Object.fromEntries([...map].map(([name, value]) => [name, convert(value)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
