/** What is held in memory while calls go on, so that many small ones may, and few large ones. */
export type Holdings = {
  /** Begins with nothing. Dispose of it when all that it holds is let go. */
  open(key: string): Holding;
};

/** What one call holds. */
export type Holding = Disposable & {
  /** Counts bytes that are held from now on. Throws as the holdings refuse where there is no room for them. */
  add(bytes: number): void;
};

/** How much, in bytes, and what to say when that is reached. */
export type HoldingsOptions = {
  readonly total: number;
  /** Less than the total, or one key's calls keep out every other's. */
  readonly perKey: number;
  readonly refusal: () => Error;
};

/**
 * Creates holdings of nothing. What does not fit is refused at once and not made to wait: who waits holds what it
 * has, and two that wait for each other's would for ever.
 */
export function createHoldings({ total: maxTotal, perKey, refusal }: HoldingsOptions): Holdings {
  const held = new Map<string, number>();
  let total = 0;

  const count = (key: string, bytes: number) => {
    total += bytes;
    const left = (held.get(key) ?? 0) + bytes;
    if (left === 0) held.delete(key);
    else held.set(key, left);
  };

  return {
    open(key) {
      let own = 0;
      let isOpen = true;
      return {
        add(bytes) {
          // What comes after the end is nobody's, and nobody would count it off again.
          if (!isOpen) return;
          if (total + bytes > maxTotal || (held.get(key) ?? 0) + bytes > perKey) throw refusal();
          own += bytes;
          count(key, bytes);
        },
        [Symbol.dispose]() {
          isOpen = false;
          count(key, -own);
          own = 0;
        },
      };
    },
  };
}
