/** What is known of a request before anything is answered. */
export type Visit = {
  /** The address of whoever connected. */
  readonly address: string;
  /** Returns a header by its name in lower case; null where it was not sent. */
  readonly header: (name: string) => string | null;
};

/**
 * The header that the page's script sends along. No page of another origin can, unless it is let by CORS
 * (https://fetch.spec.whatwg.org/#cors-preflight-fetch), and here nobody is.
 */
const scriptHeader = "x-preview";

/**
 * Whether a request comes from this machine, by one of its own names. A page of elsewhere whose name was made to lead here
 * (DNS rebinding) still sends that name, and what came through a proxy says so.
 */
export function isAtHome({ address, header }: Visit): boolean {
  const host = header("host") ?? header(":authority") ?? "";
  return isLoopback(address) && isOwnName(host) && forwarding.every((name) => header(name) === null);
}

/** Whether a request was made by the script of the page itself: besides being at home. */
export function isOwnScript({ header }: Visit): boolean {
  const host = header("host") ?? header(":authority");
  const origin = header("origin");
  const site = header("sec-fetch-site");
  return (
    header(scriptHeader) === "1" &&
    (site === null || site === "same-origin") &&
    (origin === null || origin === `http://${host}` || origin === `https://${host}`)
  );
}

/** Of a proxy on this machine whoever is at its other end may be anywhere. */
const forwarding = [
  ...["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"],
  ...["x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"],
];

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Only what no name service is asked for, besides `localhost` (RFC 6761, section 6.3). */
function isOwnName(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}
