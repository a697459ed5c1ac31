import { randomUUID } from "node:crypto";
import type { News } from "../cache/news.ts";
import { withPatience } from "../cache/patience.ts";
import type { Config } from "../config/config.ts";
import type { RateLimiter } from "../limit/gcra.ts";
import type { Log } from "../log/log.ts";
import { openLink } from "../redis/link.ts";
import { createSharedNews, listenForNews } from "../redis/news.ts";
import { createSharedRateLimiter } from "../redis/rate-limiter.ts";
import { createSharedCache } from "../redis/shared-cache.ts";
import { createVault } from "../redis/vault.ts";
import type { Secrets } from "../secret/secrets.ts";
import { codeDigest } from "./code-digest.ts";
import type { Replicas } from "./replicas.ts";

/** What replicas share through Redis, and what stands in for it while it is away. */
export type RedisReplicasOptions = {
  readonly url: string;
  readonly config: Pick<Config, "redisCacheMaxBytes" | "publicUrl">;
  readonly news: News;
  readonly limiter: RateLimiter;
  readonly secrets: Pick<Secrets, "keyFor">;
  readonly now: () => number;
  readonly log: Log;
};

/** How long a start waits for Redis: its first calls should count with those of the others. */
const patienceMs = 500;

/** Opens what replicas share through Redis. */
export function openRedisReplicas({ url, config, news, limiter, secrets, now, log }: RedisReplicasOptions): Replicas {
  // Apart from each other, because a large result would hold up the small and urgent.
  const limits = openLink({ url, use: "limits", log });
  const results = openLink({ url, use: "results", log, behind: limits });
  const listening = openLink({ url, use: "news", log, prepare: (redis) => listenForNews(redis, news) });
  const links = [limits, results, listening];
  // Pages hold the service's own address: without a public one, each process has another.
  const scope = JSON.stringify([codeDigest(), config.publicUrl ?? randomUUID()]);
  const vault = createVault(() => secrets.keyFor("results in Redis"), scope);
  return {
    limiter: createSharedRateLimiter(limits, limiter),
    shared: createSharedCache({ link: results, vault, maxBytes: config.redisCacheMaxBytes, now, log }),
    news: createSharedNews(limits, news),
    state: () => ({ redis: links.every((link) => link.isUp()) ? "up" : "down" }),
    async begun() {
      await withPatience(Promise.all(links.map(({ tried }) => tried)), patienceMs, undefined);
    },
    close() {
      for (const link of links) link.close();
    },
  };
}
