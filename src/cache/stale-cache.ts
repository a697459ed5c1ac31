import type { ByteCache, CacheKey } from "./byte-cache.ts";

/** For how long a value serves. They belong to a key: all who ask by it say the same. */
type Spans = {
  /** How long it is fresh, from when its load began. */
  readonly freshMs: number;
  /** How long it is shown at all, from when its load began. No more than `freshMs`: only while it is fresh. */
  readonly maxStaleMs: number;
};

/** How to have a value. */
type Ask<V, F> = Spans & {
  /** Reads the value, and tells about how many bytes it takes in memory. */
  readonly load: () => Promise<{ readonly value: V; readonly bytes: number }>;
  /** Says what a failed load comes to. Called once a load, however many wait for it. */
  readonly explain: (error: unknown) => F;
};

/** A value and when its load began (epoch milliseconds), or why there is none. */
type Answer<V, F> =
  | { readonly ok: true; readonly value: V; readonly asOfMs: number; readonly stale: boolean }
  | { readonly ok: false; readonly failure: F };

/** A cache that answers with what is old, within a bound, where what is new takes too long. */
export type StaleCache = {
  /**
   * Returns the value at once where it is fresh. Where it is not, it is loaded anew, and the old one is
   * returned as `stale` to those for whom that takes too long: then it goes on in the background. Waits
   * longer only where there is nothing to show. Never rejects. One load runs at a time for a key, and
   * none within 2 s of one that failed. Beyond the bound, and when the clock was set back behind it, a
   * value is never shown.
   */
  readonly ask: <V extends object, F>(key: CacheKey, ask: Ask<V, F>) => Promise<Answer<V, F>>;
};

/** The last value, and the failure that came after it. Both, or one of them. */
type Known<V, F> = {
  readonly last?: { readonly value: V; readonly bytes: number; readonly atMs: number };
  readonly failed?: { readonly failure: F; readonly atMs: number };
};

/** So long a failure stands for the next: what is down is not asked by each render, and its return shows soon. */
const failureMs = 2_000;

/**
 * Creates the cache in the room of another, whose bound counts what is stale as well.
 *
 * @param patienceMs how long a load may take before the old value is returned; with 0 it is returned at once
 */
export function createStaleCache({
  cache,
  now,
  patienceMs,
}: {
  readonly cache: ByteCache;
  readonly now: () => number;
  readonly patienceMs: number;
}): StaleCache {
  return {
    async ask<V extends object, F>(key: CacheKey, ask: Ask<V, F>): Promise<Answer<V, F>> {
      const known = cache.get<Known<V, F>>(key);
      const failed = ageOf(known?.failed) < failureMs ? known?.failed : undefined;
      const ageMs = ageOf(known?.last);
      if (known?.last !== undefined && ageMs < lifeMs(ask)) {
        const stale = ageMs >= ask.freshMs;
        const anew = stale && failed === undefined ? await inTime(reload(key, ask), patienceMs) : undefined;
        if (anew?.last !== undefined && anew.failed === undefined) {
          return { ok: true, value: anew.last.value, asOfMs: anew.last.atMs, stale: false };
        }
        return { ok: true, value: known.last.value, asOfMs: known.last.atMs, stale };
      }
      const { last, failed: reason } = failed === undefined ? await reload(key, ask) : { failed };
      if (reason !== undefined) return { ok: false, failure: reason.failure };
      // Whoever waited for a value is given it, however long that took.
      return { ok: true, value: last!.value, asOfMs: last!.atMs, stale: false };
    },
  };

  /** Never rejects, so that nobody has to wait for it. */
  function reload<V extends object, F>(key: CacheKey, ask: Ask<V, F>): Promise<Known<V, F>> {
    return cache.reload<Known<V, F>>(key, async () => {
      // A value is as old as its question: what happened since may not be in it.
      const atMs = now();
      try {
        const last = { ...(await ask.load()), atMs };
        return { value: { last }, bytes: last.bytes, ttlMs: leftMs(last, ask) };
      } catch (error) {
        const failed = { failure: ask.explain(error), atMs: now() };
        const last = cache.get<Known<V, F>>(key)?.last;
        if (last === undefined || leftMs(last, ask) <= 0) return { value: { failed }, bytes: 0, ttlMs: failureMs };
        return { value: { last, failed }, bytes: last.bytes, ttlMs: Math.max(leftMs(last, ask), failureMs) };
      }
    });
  }

  function leftMs(last: { readonly atMs: number }, ask: Spans): number {
    return lifeMs(ask) - ageOf(last);
  }

  /** How long ago it was; for ever, if it never was, or the clock was set back behind it. */
  function ageOf(event: { readonly atMs: number } | undefined): number {
    const ageMs = event === undefined ? Number.POSITIVE_INFINITY : now() - event.atMs;
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
  }
}

function lifeMs({ freshMs, maxStaleMs }: Spans): number {
  return Math.max(freshMs, maxStaleMs);
}

/** Returns what a promise comes to, or undefined when that takes longer. */
async function inTime<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
