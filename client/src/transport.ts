import type { Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { OwnError } from "./own-error.ts";

/** The part of `fetch` that is called. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The path of the documented base URL, below which the REST methods are; Connect's stand beside it. */
const restPath = /\/api\/v1\/data-consumption\/dashboards\/?$/;

/**
 * Creates a transport of Connect's protocol over `fetch`, in Node and browsers. Messages are binary: a file is not
 * blown up to base64. Rejects with `unreachable` where no whole answer comes, and where it is a redirect, which would
 * take the token elsewhere. Throws TypeError where the base URL is none.
 */
export function createTransport(baseUrl: string, fetch: Fetch): Transport {
  const { origin, pathname } = new URL(baseUrl);
  return createConnectTransport({
    baseUrl: `${origin}${pathname.replace(restPath, "")}`,
    useBinaryFormat: true,
    // Connect itself calls it with addresses as text.
    fetch: (url, init) => fetchWhole(fetch, url as string, init),
  });
}

/** Fetches head and body together, so that an answer that breaks off is told from one that is wrong. */
async function fetchWhole(fetch: Fetch, url: string, init: RequestInit | undefined): Promise<Response> {
  try {
    const answer = await fetch(url, { ...init, credentials: "omit" });
    const { status, headers } = answer;
    const bytes = await answer.arrayBuffer();
    return new Response(bytes.byteLength > 0 ? bytes : null, { status, headers });
  } catch (cause) {
    throw new OwnError("unreachable", "UNREACHABLE", "no whole answer came: see cause", { cause });
  }
}
