import type { CacheKey } from "./byte-cache.ts";

/** What replicas keep for each other, under one bound in bytes for all tenants. */
export type SharedCache = {
  /**
   * Returns the bytes as one of them put them, and for how long they may still be shown: by the clock that says
   * less, so that nothing lives longer where clocks differ. Undefined where there are none, or they cannot be had
   * soon. Never rejects.
   */
  readonly get: (key: CacheKey) => Promise<{ readonly bytes: Uint8Array; readonly leftMs: number } | undefined>;
  /** Puts bytes in the background, for `leftMs` from now; they are made once nobody waits for this turn to end. */
  readonly put: (key: CacheKey, leftMs: number, toBytes: () => Uint8Array) => void;
};

/** How long what is put must live, in milliseconds: what is gone sooner is gone before another replica asks for it. */
export const leastSharedMs = 1_000;

/** What a process has that shares nothing. */
export const noSharedCache: SharedCache = { get: async () => undefined, put: () => {} };
