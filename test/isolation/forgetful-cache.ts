import { type ByteCache, type CacheKey, createByteCache as createRealCache } from "../../src/cache/byte-cache.ts";

/** The service's cache with the tenant left out of every key. */
export function createByteCache(options: Parameters<typeof createRealCache>[0]): ByteCache {
  const { get, getOrLoad, reload } = createRealCache(options);
  const forget = ({ key }: CacheKey) => ({ tenant: "", key });
  return {
    get: (key) => get(forget(key)),
    getOrLoad: (key, load) => getOrLoad(forget(key), load),
    reload: (key, load) => reload(forget(key), load),
  };
}
