import type { ByteCache, CacheKey } from "./byte-cache.ts";
import { withPatience } from "./patience.ts";
import { leastSharedMs, noSharedCache, type SharedCache } from "./shared-cache.ts";

/** For how long a value serves. They belong to a key: all who ask by it say the same. */
type Spans = {
  /** How long it is fresh, from when its load began. */
  readonly freshMs: number;
  /** How long it is shown at all, from when its load began. No more than `freshMs`: only while it is fresh. */
  readonly maxStaleMs: number;
};

/** A value, and about how many bytes it takes in memory. */
type Sized<V> = { readonly value: V; readonly bytes: number };

/** How to have a value. */
type Ask<V, F> = Spans & {
  /** Reads the value. */
  readonly load: () => Promise<Sized<V>>;
  /** How other replicas have it; it is not shared without. Throws for what it cannot read. */
  readonly form?: { readonly toBytes: (value: V) => Uint8Array; readonly parse: (bytes: Uint8Array) => Sized<V> };
  /** Says what a failed load comes to. Called once a load, however many wait for it. */
  readonly explain: (error: unknown) => F;
  /** Whether a load's failure says nothing of the next one, which then need not wait. Without it: none does. */
  readonly isPassing?: (error: unknown) => boolean;
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
   * value is never shown. What another replica has loaded serves in place of a load while it is fresh, and after a
   * load that failed; failures are not shared.
   */
  readonly ask: <V extends object, F>(key: CacheKey, ask: Ask<V, F>) => Promise<Answer<V, F>>;
};

/** The last value, and the failure that came after it. Both, or one of them. */
type Known<V, F> = {
  readonly last?: Sized<V> & { readonly atMs: number };
  readonly failed?: { readonly failure: F; readonly atMs: number };
};

/** So long a failure stands for the next: what is down is not asked by each render, and its return shows soon. */
const failureMs = 2_000;

/**
 * Creates the cache in the room of another, whose bound counts what is stale as well.
 *
 * @param shared where replicas have what others have loaded; nowhere unless told
 * @param patienceMs how long a load may take before the old value is returned; with 0 it is returned at once
 */
export function createStaleCache({
  cache,
  shared = noSharedCache,
  now,
  patienceMs,
}: {
  readonly cache: ByteCache;
  readonly shared?: SharedCache;
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
        const anew =
          stale && failed === undefined ? await withPatience(reload(key, ask), patienceMs, undefined) : undefined;
        if (anew?.last !== undefined && anew.failed === undefined) {
          return { ok: true, value: anew.last.value, asOfMs: anew.last.atMs, stale: false };
        }
        return { ok: true, value: known.last.value, asOfMs: known.last.atMs, stale };
      }
      const { last, failed: reason } = failed === undefined ? await reload(key, ask) : { failed };
      if (reason !== undefined && last !== undefined) {
        return { ok: true, value: last.value, asOfMs: last.atMs, stale: ageOf(last) >= ask.freshMs };
      }
      if (reason !== undefined) return { ok: false, failure: reason.failure };
      // Whoever waited for a value is given it, however long that took.
      return { ok: true, value: last!.value, asOfMs: last!.atMs, stale: false };
    },
  };

  /** Never rejects, so that nobody has to wait for it. */
  function reload<V extends object, F>(key: CacheKey, ask: Ask<V, F>): Promise<Known<V, F>> {
    return cache.reload<Known<V, F>>(key, async () => {
      const found = await look(key, ask);
      if (found !== undefined && ageOf(found) < ask.freshMs) return keep(found, ask);
      // A value is as old as its question: what happened since may not be in it.
      const atMs = now();
      try {
        const last = { ...(await ask.load()), atMs };
        share(key, last, ask);
        return keep(last, ask);
      } catch (error) {
        const isPassing = ask.isPassing?.(error) === true;
        const failed = { failure: ask.explain(error), atMs: isPassing ? Number.NEGATIVE_INFINITY : now() };
        const own = cache.get<Known<V, F>>(key)?.last;
        const last = found !== undefined && ageOf(found) < ageOf(own) ? found : own;
        if (last === undefined || leftMs(last, ask) <= 0) {
          return { value: { failed }, bytes: 0, ttlMs: isPassing ? 0 : failureMs };
        }
        return { value: { last, failed }, bytes: last.bytes, ttlMs: Math.max(leftMs(last, ask), failureMs) };
      }
    });
  }

  function keep<V extends object, F>(last: NonNullable<Known<V, F>["last"]>, ask: Ask<V, F>) {
    return { value: { last }, bytes: last.bytes, ttlMs: leftMs(last, ask) };
  }

  /** Returns what another replica has loaded last, as old as it is by now. */
  async function look<V extends object, F>(key: CacheKey, ask: Ask<V, F>): Promise<Known<V, F>["last"]> {
    if (ask.form === undefined) return undefined;
    const found = await shared.get(key);
    if (found === undefined) return undefined;
    try {
      // One with more left than a value lives would be from the future, whose age is that of none.
      return { ...ask.form.parse(found.bytes), atMs: now() + found.leftMs - lifeMs(ask) };
    } catch {
      return undefined;
    }
  }

  function share<V extends object, F>(key: CacheKey, last: NonNullable<Known<V, F>["last"]>, ask: Ask<V, F>): void {
    const { form } = ask;
    const left = leftMs(last, ask);
    if (form !== undefined && left >= leastSharedMs) shared.put(key, left, () => form.toBytes(last.value));
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
