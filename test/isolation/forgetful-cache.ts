import {
  type ByteCache,
  type CacheKey,
  type CountingCache,
  createByteCache as createRealCache,
} from "../../src/cache/byte-cache.ts";

/** The service's cache with the tenant left out of every key. */
export function createByteCache(options: Parameters<typeof createRealCache>[0]): CountingCache {
  const real = createRealCache(options);
  return { ...real, ...withoutTenants(real), of: (use) => withoutTenants(real.of(use)) };
}

function withoutTenants({ get, getOrLoad, reload }: ByteCache): ByteCache {
  const forget = ({ key }: CacheKey) => ({ tenant: "", key });
  return {
    get: (key) => get(forget(key)),
    getOrLoad: (key, load) => getOrLoad(forget(key), load),
    reload: (key, load) => reload(forget(key), load),
  };
}
