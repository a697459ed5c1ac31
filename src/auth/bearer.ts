/** A header longer than this is refused unread: real access tokens take 1 to 2 KiB. */
const maxLength = 8 * 1024;

const pattern = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/**
 * Returns the token of an `Authorization` header, or undefined unless the header is exactly one
 * `Bearer <token>` with a token in JWS compact form, 8 KiB at most. The scheme's case does not
 * matter (https://www.rfc-editor.org/rfc/rfc6750, section 2.1).
 */
export function parseBearer(authorization: string | null): string | undefined {
  if (authorization === null || authorization.length > maxLength) return undefined;
  return pattern.exec(authorization)?.[1];
}
