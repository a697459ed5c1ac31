import { hash } from "node:crypto";
import type { RateDecision, RateLimiter, RateRule } from "../limit/gcra.ts";
import type { Link } from "./link.ts";
import { keyPrefix } from "./prefix.ts";
import { createScript } from "./script.ts";

/**
 * Creates a limiter that counts together with every other on the same Redis, exactly and by Redis' own clock, as
 * `createRateLimiter` counts alone. While Redis is away the local one decides: without waiting, save for the call
 * that finds it out.
 */
export function createSharedRateLimiter(link: Link, local: RateLimiter): RateLimiter {
  const takeShared = async (key: string, rule: RateRule) => {
    const name = `${keyPrefix}rate:${hash("sha256", key, "base64url")}`;
    const costUs = Math.ceil(1_000_000 / rule.perSecond);
    const answer = await link.ask((redis) => gcra.run(redis, [name], [costUs, rule.burst]));
    const decision = toDecision(answer);
    if (decision?.allowed === false) return decision;
    // Counted here as well, so that nobody has a new burst when Redis is lost.
    const own = local.take(key, rule);
    return decision ?? own;
  };
  return { take: (key, rule) => (link.isUp() ? takeShared(key, rule) : local.take(key, rule)) };
}

/** As `decide` of the local limiter, in whole microseconds. A bucket that is full again is forgotten. */
const gcra = createScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local emptyAt = now + cost * burst
local fullAt = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
fullAt = math.min(math.max(fullAt, now), emptyAt)
local spare = emptyAt - fullAt - cost
if spare < 0 then return {0, 0, fullAt - now, -spare} end
local nextAt = fullAt + cost
redis.call('SET', KEYS[1], string.format('%.0f', nextAt), 'PX', math.ceil((nextAt - now) / 1000) + 1)
return {1, math.floor(spare / cost), nextAt - now, 0}
`);

function toDecision(answer: unknown): RateDecision | undefined {
  if (!Array.isArray(answer) || answer.length !== 4 || !answer.every(Number.isSafeInteger)) return undefined;
  const [allowed, remaining, resetUs, retryAfterUs] = answer as [number, number, number, number];
  return { allowed: allowed === 1, remaining, resetMs: resetUs / 1000, retryAfterMs: retryAfterUs / 1000 };
}
