/** What a cache has done for one use of it, and what it holds for that now. */
export type CacheCounts = {
  /** Values that were found. */
  hits: number;
  /** Values that had to be loaded. */
  misses: number;
  /** Values that made room for others before their time. */
  evictions: number;
  bytes: number;
};

/** A kept value and what is known of it. */
export type Entry = {
  readonly id: string;
  readonly tenant: string;
  readonly value: object;
  readonly bytes: number;
  /** The counts of what it is kept for. */
  readonly counts: CacheCounts;
  readonly keptAtMs: number;
  readonly ttlMs: number;
  /** How long after it was kept a use of it was last noted, in milliseconds. */
  usedAfterMs: number;
};

/** Entries in the order of their last use, and their bytes in sum. */
export type Shelf = {
  readonly bytes: () => number;
  readonly get: (id: string) => Entry | undefined;
  /** Returns the entry used longest ago; undefined if there is none. */
  readonly oldest: () => Entry | undefined;
  /** Adds an entry whose id is not there yet. */
  readonly add: (entry: Entry) => void;
  /** Notes a use of an entry that is there. */
  readonly touch: (entry: Entry) => void;
  /** Takes an entry that is there away. */
  readonly remove: (entry: Entry) => void;
};

/** Creates an empty shelf. */
export function createShelf(): Shelf {
  // A Map iterates in the order of insertion, so that what is inserted anew counts as used last.
  const entries = new Map<string, Entry>();
  let bytes = 0;
  return {
    bytes: () => bytes,
    get: (id) => entries.get(id),
    oldest: () => entries.values().next().value,
    add: (entry) => {
      entries.set(entry.id, entry);
      bytes += entry.bytes;
    },
    touch: (entry) => {
      entries.delete(entry.id);
      entries.set(entry.id, entry);
    },
    remove: (entry) => {
      entries.delete(entry.id);
      bytes -= entry.bytes;
    },
  };
}
