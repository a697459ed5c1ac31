/** So many calls per second in the long run, and at most `burst` of them at once. Both at least 1. */
export type RateRule = { readonly perSecond: number; readonly burst: number };

/** What the limiter says to one call. */
export type RateDecision = {
  readonly allowed: boolean;
  /** Calls that would be allowed right now, after this one. */
  readonly remaining: number;
  /** Until a full burst is allowed again. */
  readonly resetMs: number;
  /** Until the next call is allowed; 0 if this one was. */
  readonly retryAfterMs: number;
};

/** Counts calls per key. */
export type RateLimiter = {
  /**
   * Counts a call, if it is allowed: a refused call costs nothing, so that waiting always helps. Never rejects, and
   * decides at once where it counts for this process alone.
   */
  readonly take: (key: string, rule: RateRule) => RateDecision | Promise<RateDecision>;
};

/**
 * Creates a limiter by the generic cell rate algorithm: no window of one second, wherever it
 * starts, lets more than `burst + perSecond` calls through. Time counts in whole microseconds,
 * which are exact in a double until the year 2255; a rate that does not divide a second is rounded
 * down, never up. Keys beyond `maxKeys` (100,000 by default, some 10 MB) push out those used
 * longest ago.
 */
export function createRateLimiter(options: { now: () => number; maxKeys?: number }): {
  readonly take: (key: string, rule: RateRule) => RateDecision;
} {
  const { now, maxKeys = 100_000 } = options;
  /** By key; the one used longest ago first. */
  const buckets = new Map<string, Bucket>();

  const prune = (nowUs: number) => {
    for (const { key, fullAtUs } of buckets.values()) {
      if (fullAtUs > nowUs && buckets.size <= maxKeys) return;
      buckets.delete(key);
    }
  };

  return {
    take: (key, rule) => {
      const nowUs = Math.floor(now() * 1000);
      // Put last again with the text that it has: what is kept anew with each call is for the collector to carry over.
      const bucket = buckets.get(key) ?? { key, fullAtUs: 0 };
      const [decision, atUs] = decide(bucket.fullAtUs, nowUs, rule);
      bucket.fullAtUs = atUs;
      buckets.delete(bucket.key);
      buckets.set(bucket.key, bucket);
      prune(nowUs);
      return decision;
    },
  };
}

/** When a key's bucket is full again, in µs. */
type Bucket = { readonly key: string; fullAtUs: number };

/** Returns the decision, and when the bucket is full if the call is counted. */
function decide(knownFullAtUs: number, nowUs: number, { perSecond, burst }: RateRule): [RateDecision, number] {
  const costUs = Math.ceil(1_000_000 / perSecond);
  const emptyAtUs = nowUs + costUs * burst;
  // No bucket is emptier than empty: without this, a clock set back by an hour would refuse for an hour.
  const fullAtUs = Math.min(Math.max(knownFullAtUs, nowUs), emptyAtUs);
  const spareUs = emptyAtUs - fullAtUs - costUs;
  const allowed = spareUs >= 0;
  const nextUs = allowed ? fullAtUs + costUs : fullAtUs;
  const decision = {
    allowed,
    remaining: Math.max(0, Math.floor(spareUs / costUs)),
    resetMs: (nextUs - nowUs) / 1000,
    retryAfterMs: allowed ? 0 : -spareUs / 1000,
  };
  return [decision, nextUs];
}
