import http, { type IncomingMessage } from "node:http";
import https from "node:https";

/** Real key sets take a few KiB. */
const maxBytes = 1024 * 1024;

/**
 * Fetches a key set and gives its parsed JSON. Rejects unless the whole answer is there within
 * `timeoutMs`, with status 200 (a redirect is not followed), at most 1 MiB of plain JSON. Nothing
 * is ever decompressed here, as the global fetch would, whatever it asked for.
 */
export async function fetchJwks(url: URL, timeoutMs: number): Promise<unknown> {
  const { request: send } = url.protocol === "https:" ? https : http;
  const request = send(url, { agent: false, headers: { accept: "application/json", "accept-encoding": "identity" } });
  const timer = setTimeout(() => request.destroy(new Error("no key set in time")), timeoutMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve);
      // For good, not once: the socket can still fail while the body comes.
      request.on("error", reject);
      request.end();
    });
    if (response.statusCode !== 200) throw new Error("a key set needs status 200");
    return JSON.parse(await readText(response));
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error("a key set of more than 1 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
