import type { ConnectError } from "@connectrpc/connect";

/** A bounded number of places to work in. */
export type Slots = {
  /** Runs the work in a slot of the key, first come, first served; refuses when none falls free within `waitMs`. */
  use<T>(key: string, waitMs: number, work: () => Promise<T>): Promise<T>;
};

/** How many slots there are, and what to say when none fell free. */
export type SlotOptions = {
  readonly total: number;
  /** How many of them one key may hold, so that it leaves some to the others. */
  readonly perKey: number;
  readonly refusal: () => ConnectError;
};

type Waiter = { readonly key: string; readonly admit: () => void };

/** Creates slots. Nobody waits for a key that holds all of its own while another key has a free one. */
export function createSlots({ total, perKey, refusal }: SlotOptions): Slots {
  const held = new Map<string, number>();
  const waiting = new Set<Waiter>();
  let free = total;

  const fits = (key: string) => free > 0 && (held.get(key) ?? 0) < perKey;

  const take = (key: string) => {
    free -= 1;
    held.set(key, (held.get(key) ?? 0) + 1);
  };

  const giveBack = (key: string) => {
    const left = held.get(key)! - 1;
    if (left === 0) held.delete(key);
    else held.set(key, left);
    free += 1;
    for (const waiter of waiting) {
      if (free === 0) break;
      if (fits(waiter.key)) waiter.admit();
    }
  };

  const queue = (key: string, waitMs: number) =>
    new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        key,
        admit: () => {
          clearTimeout(timer);
          waiting.delete(waiter);
          take(key);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        reject(refusal());
      }, waitMs);
      waiting.add(waiter);
    });

  return {
    async use(key, waitMs, work) {
      if (fits(key)) take(key);
      else await queue(key, waitMs);
      try {
        return await work();
      } finally {
        giveBack(key);
      }
    },
  };
}
