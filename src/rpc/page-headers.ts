/**
 * Returns the headers of a page that a link opens. It is for its holder's eyes: not kept, not told of
 * to where it leads, not found by search. It runs the one script that we serve, which may ask for the
 * page anew and writes no markup; it has no style of its own, and stands in frames of the given origins only.
 */
export function pageHeaders(frameAncestors: readonly string[] = []): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "font-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(" ")}`,
    "require-trusted-types-for 'script'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": policy.join("; "),
    // The older header knows no list of origins; where there is one, the policy alone must speak.
    ...(frameAncestors.length === 0 && { "x-frame-options": "DENY" }),
  };
}
