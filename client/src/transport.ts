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
    const bytes = await readWhole(answer);
    return new Response(bytes.byteLength > 0 ? bytes : null, { status, headers });
  } catch (cause) {
    if (cause instanceof OwnError) throw cause;
    throw new OwnError("unreachable", "UNREACHABLE", "no whole answer came: see cause", { cause });
  }
}

/** Twice what the largest picture could take: whoever answers more is not the service, and may never end. */
const maxAnswerBytes = 256 * 1024 * 1024;

async function readWhole(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const reader = answer.body?.getReader();
  // There is no body, or the platform has no streams.
  if (reader === undefined) return new Uint8Array(await answer.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > maxAnswerBytes) {
      reader.cancel().catch(() => {});
      throw new OwnError("internal_error", "UNEXPECTED_ANSWER", "the answer is too large to be the service's own");
    }
    chunks.push(part.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
