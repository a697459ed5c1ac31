import { type CacheCounts, createShelf, type Entry, type Shelf } from "./shelf.ts";

/** Whose entry, and which. The same `key` of two tenants names two entries. */
export type CacheKey = { readonly tenant: string; readonly key: string };

/** A loaded value, how long it may be kept, and about how many bytes it takes in memory. */
type Loaded<V> = { readonly value: V; readonly ttlMs: number; readonly bytes: number };

/** A cache in memory with one bound in bytes for all tenants. A key always holds the same type of value. */
export type ByteCache = {
  /**
   * Returns the value, which is loaded once however many ask for it at the same time. A failure
   * reaches all who wait, and the next to ask loads anew. A load serves many callers, so it must
   * not end because one of them goes away.
   */
  readonly getOrLoad: <V extends object>(key: CacheKey, load: () => Promise<Loaded<V>>) => Promise<V>;
  /** Returns the value if it is kept. Counts as a use of it. */
  readonly get: <V extends object>(key: CacheKey) => V | undefined;
  /** As `getOrLoad`, but loads also what is kept. What was kept serves until then, and is replaced. */
  readonly reload: <V extends object>(key: CacheKey, load: () => Promise<Loaded<V>>) => Promise<V>;
};

/** A cache of several uses, under the one bound, that counts what it does for each. */
export type CountingCache = ByteCache & {
  /** Returns the cache as one use has it: the same entries, and counts of its own. */
  readonly of: (use: string) => ByteCache;
  readonly counts: () => ReadonlyMap<string, Readonly<CacheCounts>>;
  readonly maxBytes: number;
};

/** A use is noted this often: what is asked for over and over need not be moved to the front each time. */
const touchMs = 100;

/** What an entry takes beside its value and its id: the object, two slots in maps, its tenant's shelf in part. */
const entryBytes = 512;

/**
 * Creates a cache of at most `maxBytes`, bookkeeping counted, that forgets what was used longest
 * ago. One tenant holds at most half of it and then pushes out only its own entries, so that nobody
 * can empty it for the others. A value of more than a quarter is returned but not kept.
 */
export function createByteCache(options: { maxBytes: number; now: () => number }): CountingCache {
  const { maxBytes, now } = options;
  const all = createShelf();
  const shelves = new Map<string, Shelf>();
  const loads = new Map<string, Promise<object>>();
  const uses = new Map<string, CacheCounts>();

  const remove = (entry: Entry) => {
    const own = shelves.get(entry.tenant)!;
    all.remove(entry);
    own.remove(entry);
    entry.counts.bytes -= entry.bytes;
    if (own.oldest() === undefined) shelves.delete(entry.tenant);
  };

  const find = (id: string) => {
    const entry = all.get(id);
    if (entry === undefined) return undefined;
    const ageMs = now() - entry.keptAtMs;
    // A negative age means that the clock was set back: how old the value is, nobody knows.
    if (ageMs < 0 || ageMs >= entry.ttlMs) {
      remove(entry);
      return undefined;
    }
    if (ageMs - entry.usedAfterMs > touchMs) {
      entry.usedAfterMs = ageMs;
      all.touch(entry);
      shelves.get(entry.tenant)!.touch(entry);
    }
    return entry.value;
  };

  const evict = (entry: Entry) => {
    entry.counts.evictions += 1;
    remove(entry);
  };

  const keep = (entry: Entry) => {
    const replaced = all.get(entry.id);
    if (replaced !== undefined) remove(replaced);
    // Asked in this way, NaN is not kept either.
    if (!(entry.bytes <= maxBytes / 4 && entry.ttlMs > 0)) return;
    const ownBytes = () => shelves.get(entry.tenant)?.bytes() ?? 0;
    while (ownBytes() + entry.bytes > maxBytes / 2) evict(shelves.get(entry.tenant)!.oldest()!);
    while (all.bytes() + entry.bytes > maxBytes) evict(all.oldest()!);
    const own = shelves.get(entry.tenant) ?? createShelf();
    shelves.set(entry.tenant, own);
    all.add(entry);
    own.add(entry);
    entry.counts.bytes += entry.bytes;
  };

  const start = <V extends object>(
    id: string,
    tenant: string,
    counts: CacheCounts,
    source: () => Promise<Loaded<V>>,
  ) => {
    counts.misses += 1;
    const load: Promise<V> = Promise.resolve()
      .then(source)
      .then(({ value, ttlMs, bytes }) => {
        const cost = Math.max(0, bytes) + 2 * id.length + entryBytes;
        keep({ id, tenant, value, bytes: cost, counts, keptAtMs: now(), ttlMs, usedAfterMs: 0 });
        return value;
      })
      .finally(() => loads.delete(id));
    loads.set(id, load);
    return load;
  };

  const countedBy = (counts: CacheCounts): ByteCache => {
    const reload = <V extends object>(key: CacheKey, source: () => Promise<Loaded<V>>) => {
      const id = keyToId(key);
      return (loads.get(id) as Promise<V> | undefined) ?? start(id, key.tenant, counts, source);
    };

    const get = <V extends object>(key: CacheKey) => {
      const found = find(keyToId(key)) as V | undefined;
      if (found !== undefined) counts.hits += 1;
      return found;
    };

    return {
      get,
      reload,
      getOrLoad: <V extends object>(key: CacheKey, source: () => Promise<Loaded<V>>) => {
        const found = get<V>(key);
        return found === undefined ? reload(key, source) : Promise.resolve(found);
      },
    };
  };

  const of = (use: string) => {
    const counts = uses.get(use) ?? noCounts();
    uses.set(use, counts);
    return countedBy(counts);
  };

  return { ...countedBy(noCounts()), of, counts: () => uses, maxBytes };
}

function noCounts(): CacheCounts {
  return { hits: 0, misses: 0, evictions: 0, bytes: 0 };
}

/** The length makes it unmistakable where the tenant ends. */
function keyToId({ tenant, key }: CacheKey): string {
  return `${tenant.length}:${tenant}${key}`;
}
