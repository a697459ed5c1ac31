import { setTimeout as sleep } from "node:timers/promises";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { fault } from "../errors/fault.ts";
import type { Log } from "../log/log.ts";
import { fetchJwks } from "./fetch-jwks.ts";

/**
 * Finds the key that a token's header asks for by `kid` and `alg`; without a `kid`, the one key
 * that fits. Rejects with a fault if there are no keys to look among, and with an error of jose's
 * if none of them fits.
 */
export type JwksSource = JWTVerifyGetKey;

/**
 * Creates a source from the parsed JSON of a JWK Set (https://www.rfc-editor.org/rfc/rfc7517).
 * Throws if it is not one, or an empty one.
 */
export function createFixedJwks(json: unknown): JwksSource {
  const keys = createLocalJWKSet(json as JSONWebKeySet);
  if (keys.jwks().keys.length === 0) throw new Error("a key set without keys");
  return keys;
}

/** Where keys are read, and how often. */
export type RemoteJwksOptions = {
  readonly url: URL;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** How long one read may take; 5 s by default. */
  readonly timeoutMs?: number;
  /** The age at which keys are read anew; 10 minutes by default: so long can a withdrawn key work. */
  readonly maxAgeMs?: number;
  /** The least time between such reads, 30 s by default: made-up `kid`s must not become requests. */
  readonly cooldownMs?: number;
};

/** A source that tells what its last read came to. */
export type RemoteJwks = JwksSource & {
  /** Undefined before the first read, which is made for the first token. */
  state(): "up" | "down" | undefined;
};

/** How long after a read that failed the next one may begin: an issuer that is back is noticed soon. */
const retryMs = 2_000;

/** The same where no keys were had yet, in real time: until then nobody gets in at all, and all wait for it. */
const firstRetryMs = 250;

/**
 * Creates a source that reads an issuer's key set when first asked, and again once it is old or a
 * token names a key that it lacks. The last good set stays for as long as the issuer is down or
 * answers nonsense. Without any yet, a call throws DEPENDENCY_DOWN, at the latest after `timeoutMs`, or 250 ms
 * more after a read that failed; so it does for a key that the last good set lacks while no newer one can be had, since the
 * key may be new.
 */
export function createRemoteJwks(options: RemoteJwksOptions): RemoteJwks {
  const { url, now, log, timeoutMs = 5_000, maxAgeMs = 600_000, cooldownMs = 30_000 } = options;
  let good: JwksSource | undefined;
  let goodAtMs = 0;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether the last read failed. */
  let failed = false;
  let pause: Promise<void> | undefined;
  let reading: Promise<JwksSource> | undefined;

  // Distances, not differences: the clock may have been set back meanwhile.
  const isWithin = (ms: number, sinceMs: number) => Math.abs(now() - sinceMs) < ms;

  const read = () => {
    reading ??= fetchJwks(url, timeoutMs)
      .then((json) => {
        good = createFixedJwks(json);
        goodAtMs = now();
        failed = false;
        return good;
      })
      .catch((error: unknown) => {
        failed = true;
        pause = sleep(firstRetryMs, undefined, { ref: false });
        log.warn({ error, host: url.host }, "an issuer's keys could not be read");
        throw error;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  /** Nobody needs a token that is valid to have this called, and each read is a line in the log. */
  const readFirst = async () => {
    // All wait for one pause. An issuer that is back by then has cost its callers a moment, and not a refusal.
    await pause;
    return good ?? read().catch(refuse);
  };

  const readAgain = async (current: JwksSource) => {
    if (reading === undefined) {
      if (isWithin(failed ? retryMs : cooldownMs, triedAtMs)) return current;
      triedAtMs = now();
    }
    const newer = read().catch(() => current);
    // Nobody waits for an issuer that has just not answered, or one that hangs would hold up every call.
    return failed ? current : newer;
  };

  const find: JwksSource = async (header, token) => {
    let keys = good ?? (await readFirst());
    // Whoever comes while an old set is being read anew takes the old one, so that a hanging issuer delays one call.
    if (!isWithin(maxAgeMs, goodAtMs) && reading === undefined) keys = await readAgain(keys);
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const latest = await readAgain(keys);
      if (failed) refuse(error);
      return latest(header, token);
    }
  };
  const up = () => (good === undefined ? undefined : "up");
  return Object.assign(find, { state: () => (failed ? "down" : up()) });
}

function refuse(cause: unknown): never {
  const message = "access tokens cannot be checked, because their issuer does not answer; try again soon";
  throw fault("DEPENDENCY_DOWN", message, { cause, retryAfterMs: 5_000 });
}
