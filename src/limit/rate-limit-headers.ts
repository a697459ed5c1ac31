import type { RateDecision, RateRule } from "./gcra.ts";

/**
 * Returns the headers that tell a caller of its limit, after draft-ietf-httpapi-ratelimit-headers-10:
 * the policy as calls per window, what is left of it, and in how many seconds it is whole again. A
 * refusal also has `Retry-After`. Seconds are whole and rounded up, so that who waits them is let in.
 *
 * @param name names the policy: letters, digits, `_` and `-`.
 */
export function rateLimitHeaders(name: string, rule: RateRule, decision: RateDecision): Record<string, string> {
  const windowS = Math.ceil(rule.burst / rule.perSecond);
  return {
    "RateLimit-Policy": `"${name}";q=${rule.burst};w=${windowS}`,
    RateLimit: `"${name}";r=${decision.remaining};t=${Math.ceil(decision.resetMs / 1000)}`,
    ...(!decision.allowed && { "Retry-After": `${Math.ceil(decision.retryAfterMs / 1000)}` }),
  };
}
