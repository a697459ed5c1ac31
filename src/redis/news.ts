import type { Redis } from "ioredis";
import type { Changed, News } from "../cache/news.ts";
import type { Link } from "./link.ts";
import { keyPrefix } from "./prefix.ts";

/** What is told on the channel, as JSON. */
type Message = readonly [what: Changed, tenant: string, id: string];

const channel = `${keyPrefix}news`;

/** A message names a tenant and a thing, in some hundred characters; what is longer is none of ours. */
const maxLength = 2_000;

const all: readonly unknown[] = ["dashboard", "link", "connection", "tenant"] satisfies Changed[];

/**
 * Creates news that reach the other replicas, too. What is told while Redis is away is lost to them. Whoever
 * else may write to the channel can only make them forget, and ask the store again.
 */
export function createSharedNews(link: Link, local: News): News {
  return {
    hear: local.hear,
    tell(what, tenant, id) {
      local.tell(what, tenant, id);
      const message: Message = [what, tenant, id];
      void link.ask((redis) => redis.publish(channel, JSON.stringify(message)));
    },
  };
}

/** Has a connection listen, on which nothing else is done from then on. */
export async function listenForNews(redis: Redis, local: News): Promise<void> {
  redis.on("message", (_channel, text: string) => {
    const message = parseMessage(text);
    if (message !== undefined) local.tell(...message);
  });
  await redis.subscribe(channel);
}

function parseMessage(text: string): Message | undefined {
  if (text.length > maxLength) return undefined;
  try {
    const message: unknown = JSON.parse(text);
    return isMessage(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(message: unknown): message is Message {
  if (!Array.isArray(message) || message.length !== 3) return false;
  return all.includes(message[0]) && message.every((part) => typeof part === "string");
}
