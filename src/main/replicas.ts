import { randomUUID } from "node:crypto";
import { createNews, type News } from "../cache/news.ts";
import { withPatience } from "../cache/patience.ts";
import { noSharedCache, type SharedCache } from "../cache/shared-cache.ts";
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

/** How long a start waits for Redis: its first calls should count with those of the others. */
const patienceMs = 500;

/** Opens what replicas share. */
export function openReplicas({
  config: { redisUrl: url, redisCacheMaxBytes: maxBytes, publicUrl },
  limiter,
  secrets,
  now,
  log,
}: {
  readonly config: Pick<Config, "redisUrl" | "redisCacheMaxBytes" | "publicUrl">;
  /** Decides where there is no Redis, and while it is away. */
  readonly limiter: RateLimiter;
  readonly secrets: Pick<Secrets, "keyFor">;
  readonly now: () => number;
  readonly log: Log;
}): Replicas {
  const news = createNews();
  if (url === undefined) {
    return { limiter, shared: noSharedCache, news, state: () => ({}), begun: async () => {}, close() {} };
  }
  // Apart from each other, because a large result would hold up the small and urgent.
  const limits = openLink({ url, use: "limits", log });
  const results = openLink({ url, use: "results", log, behind: limits });
  const listening = openLink({ url, use: "news", log, prepare: (redis) => listenForNews(redis, news) });
  const links = [limits, results, listening];
  // Pages hold the service's own address: without a public one, each process has another.
  const scope = JSON.stringify([codeDigest(), publicUrl ?? randomUUID()]);
  const vault = createVault(() => secrets.keyFor("results in Redis"), scope);
  return {
    limiter: createSharedRateLimiter(limits, limiter),
    shared: createSharedCache({ link: results, vault, maxBytes, now, log }),
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
