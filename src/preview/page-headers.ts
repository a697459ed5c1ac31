/**
 * Returns the headers of the preview page: its own scripts and nobody else's, no inline script or style, no frame around
 * it, and only it may ask for what it shows.
 *
 * @param origin scheme and authority at which what dashboards link to is served
 */
export function previewHeaders(origin: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `style-src 'self' ${origin}`,
    `font-src 'self' ${origin}`,
    "script-src 'self'",
    // No icon, which browsers ask for unless it is said.
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types dashboards preview",
  ];
  return {
    ...ownHeaders("text/html; charset=utf-8"),
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": policy.join("; "),
    "x-frame-options": "DENY",
  };
}

/** Returns the headers of what only the preview page may read, of a Content-Type. */
export function ownHeaders(type: string): Readonly<Record<string, string>> {
  return { "content-type": type, "cache-control": "no-store", "cross-origin-resource-policy": "same-origin" };
}
