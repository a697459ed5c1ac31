/** Bounds how much runs at once, so that one key's slow work does not stand in another's way. */
export type Bulkhead = {
  /**
   * Runs the work once there is room for it. Rejects as the bulkhead refuses where there is none within
   * `waitMs`, or within the bulkhead's own time when that is shorter; and with the signal's reason when that aborts
   * before the work has begun.
   */
  run<T>(key: string, work: () => Promise<T>, waitMs?: number, signal?: AbortSignal): Promise<T>;
  /** Returns how much runs and waits now, and how much was refused up to now. */
  load(): BulkheadLoad;
};

/** How much there is to do. */
export type BulkheadLoad = { readonly running: number; readonly waiting: number; readonly refused: number };

/** How much, and what to say when that is reached. */
export type BulkheadOptions = {
  /** How much runs at once in all; as much as the keys have, unless told. */
  readonly total?: number;
  readonly perKey: number;
  /** How long work waits for room before it is refused: longer than that, its caller has given up. */
  readonly waitMs: number;
  /** How many may wait in all, and for one key; the next is refused at once. As many as come, unless told. */
  readonly maxWaiting?: number;
  readonly maxWaitingPerKey?: number;
  readonly refusal: () => Error;
};

type Waiter = { readonly key: string; readonly start: () => void };

/** Creates a bulkhead. Waiting work starts in order, passing over keys that have their share. */
export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { total: maxTotal = Number.POSITIVE_INFINITY, perKey, refusal } = options;
  const { maxWaiting = Number.POSITIVE_INFINITY, maxWaitingPerKey = Number.POSITIVE_INFINITY } = options;
  const running = new Map<string, number>();
  const queued = new Map<string, number>();
  const waiting = new Set<Waiter>();
  let total = 0;
  let refused = 0;

  const refuse = () => {
    refused += 1;
    return refusal();
  };

  const hasRoom = (key: string) => total < maxTotal && (running.get(key) ?? 0) < perKey;

  const enter = (key: string) => {
    total += 1;
    count(running, key, 1);
  };

  const leave = (key: string) => {
    total -= 1;
    count(running, key, -1);
    for (const waiter of waiting) {
      if (total >= maxTotal) break;
      if (hasRoom(waiter.key)) waiter.start();
    }
  };

  const room = (key: string, waitMs: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      if (waiting.size >= maxWaiting || (queued.get(key) ?? 0) >= maxWaitingPerKey) return reject(refuse());
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", leaveOff);
        waiting.delete(waiter);
        count(queued, key, -1);
      };
      const leaveOff = () => {
        end();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leaveOff);
      const timer = setTimeout(() => {
        end();
        reject(refuse());
      }, waitMs);
      const waiter = {
        key,
        start: () => {
          end();
          enter(key);
          resolve();
        },
      };
      waiting.add(waiter);
      count(queued, key, 1);
    });

  return {
    load: () => ({ running: total, waiting: waiting.size, refused }),
    async run(key, work, waitMs = options.waitMs, signal = undefined) {
      signal?.throwIfAborted();
      if (hasRoom(key)) enter(key);
      else await room(key, Math.max(0, Math.min(waitMs, options.waitMs)), signal);
      try {
        return await work();
      } finally {
        leave(key);
      }
    },
  };
}

/** Forgets keys that have nothing, so that what is kept is bounded by what goes on. */
function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const left = (counts.get(key) ?? 0) + change;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
