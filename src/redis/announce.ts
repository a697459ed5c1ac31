import { type Changed, createNews } from "../cache/news.ts";
import type { Log } from "../log/log.ts";
import { openLink } from "./link.ts";
import { createSharedNews } from "./news.ts";

/** What was changed, whose and which. */
type Change = { readonly what: Changed; readonly tenant: string; readonly id: string };

/**
 * Tells all replicas of a change that was made outside of them, such as by a command. Resolves when it was told, or
 * could not be in some seconds: then they see it within a second of their own. Never rejects.
 */
export async function announce(url: string, { what, tenant, id }: Change, log: Log): Promise<void> {
  const link = openLink({ url, use: "news", log });
  await link.tried;
  createSharedNews(link, createNews()).tell(what, tenant, id);
  // Answers come in the order of questions.
  await link.ask((redis) => redis.ping());
  link.close();
}
