/**
 * Tells whether a value names a tenant: 1 to 63 letters, digits, `_` and `-`, a letter or digit
 * first. Narrow, because the name becomes part of keys, of folder names and of share tokens.
 */
export function isTenant(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(value);
}
