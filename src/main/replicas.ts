import { createNews, type News } from "../cache/news.ts";
import { noSharedCache, type SharedCache } from "../cache/shared-cache.ts";
import type { Config } from "../config/config.ts";
import type { RateLimiter } from "../limit/gcra.ts";
import type { Log } from "../log/log.ts";
import type { Secrets } from "../secret/secrets.ts";

/** What this process has together with the other replicas; all of it its own where there is no Redis. */
export type Replicas = {
  readonly limiter: RateLimiter;
  readonly shared: SharedCache;
  readonly news: News;
  /** What an operator sees of it; nothing without Redis. It never makes a process unready. */
  state(): { readonly redis?: "up" | "down" };
  /** Resolves when Redis was reached, or could not be in a moment: it is tried on. */
  begun(): Promise<void>;
  close(): void;
};

/** Opens what replicas share. The code for Redis is loaded only where there is one, because a start would take longer. */
export async function openReplicas({
  config,
  limiter,
  ...others
}: {
  readonly config: Pick<Config, "redisUrl" | "redisCacheMaxBytes" | "publicUrl">;
  /** Decides where there is no Redis, and while it is away. */
  readonly limiter: RateLimiter;
  readonly secrets: Pick<Secrets, "keyFor">;
  readonly now: () => number;
  readonly log: Log;
}): Promise<Replicas> {
  const news = createNews();
  const { redisUrl: url } = config;
  if (url === undefined) {
    return { limiter, shared: noSharedCache, news, state: () => ({}), begun: async () => {}, close() {} };
  }
  const { openRedisReplicas } = await import("./redis-replicas.ts");
  return openRedisReplicas({ url, config, news, limiter, ...others });
}
