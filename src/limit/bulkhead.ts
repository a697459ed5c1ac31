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

type Waiter = { readonly start: () => void };

/**
 * Creates a bulkhead. Keys that wait take turns, passing over those that have their share, so that one key's queue does
 * not stand before another's; work of one key starts in order.
 */
export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { total: maxTotal = Number.POSITIVE_INFINITY, perKey, refusal } = options;
  const { maxWaiting = Number.POSITIVE_INFINITY, maxWaitingPerKey = Number.POSITIVE_INFINITY } = options;
  const running = new Map<string, number>();
  /** Who waits, in order, by key: keys in the order of their turns. */
  const queues = new Map<string, Set<Waiter>>();
  let waiting = 0;
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

  /** Returns who is next; undefined where nobody may start. */
  const next = (): Waiter | undefined => {
    if (total >= maxTotal) return undefined;
    for (const [key, queue] of queues) {
      if (hasRoom(key)) return queue.values().next().value;
    }
    return undefined;
  };

  /** Whose work starts or ends has had a turn: the others come first. */
  const yieldTurn = (key: string) => {
    const queue = queues.get(key);
    if (queue === undefined) return;
    queues.delete(key);
    queues.set(key, queue);
  };

  const leave = (key: string) => {
    total -= 1;
    count(running, key, -1);
    yieldTurn(key);
    for (let waiter = next(); waiter !== undefined; waiter = next()) waiter.start();
  };

  const room = (key: string, waitMs: number, signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const queue = queues.get(key) ?? new Set<Waiter>();
      if (waiting >= maxWaiting || queue.size >= maxWaitingPerKey) return reject(refuse());
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", leaveOff);
        waiting -= 1;
        queue.delete(waiter);
        if (queue.size === 0) queues.delete(key);
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
        start: () => {
          end();
          enter(key);
          yieldTurn(key);
          resolve();
        },
      };
      waiting += 1;
      queue.add(waiter);
      queues.set(key, queue);
    });

  return {
    load: () => ({ running: total, waiting, refused }),
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
