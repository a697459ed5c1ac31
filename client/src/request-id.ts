/** Makes a request's id of 128 random bits. */
export function createRequestId(): string {
  // `crypto.randomUUID` is missing where a page came without TLS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
