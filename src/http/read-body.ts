import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { setImmediate } from "node:timers/promises";
import { isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";

/**
 * Reads a request's body whole, at once where it has arrived; undefined as soon as it has more than `maxBytes`, and the
 * rest is left where it is. Rejects when the caller goes away before it is whole.
 */
export function readBody(
  request: NodeRequest,
  response: NodeResponse,
  maxBytes: number,
): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  // A small body has come along with its head.
  if (!isHttp2(request) && request.complete && !request.readableFlowing) return readArrived(request, maxBytes);
  letBodyCome(request, response);
  return readComing(request, maxBytes);
}

async function readComing(request: NodeRequest, maxBytes: number): Promise<Uint8Array | undefined> {
  let kept = Buffer.alloc(0);
  let bytes = 0;
  // Leaving off early must not destroy the request: an answer is still to be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const before = bytes;
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    // Copied together: kept as it came, a body in pieces of a byte would take a hundred times its size.
    if (bytes > kept.byteLength) kept = Buffer.concat([kept.subarray(0, before)], Math.max(bytes, 2 * before));
    kept.set(chunk, before);
  }
  if (isHttp2(request) && !(await isWhole(request))) throw new Error("the stream was reset");
  return kept.subarray(0, bytes);
}

/** A stream that was reset ends as one does that is whole. */
async function isWhole({ stream }: Http2ServerRequest): Promise<boolean> {
  if (stream.state.remoteClose === 1) return true;
  // Its end is told to us before it is taken down.
  await setImmediate();
  return stream.state.remoteClose === 1;
}

/** Lets a client that waits for it send its body, once somebody wants it. */
export function letBodyCome(request: NodeRequest, response: NodeResponse): void {
  if (request.httpVersion !== "1.0" && /\b100-continue\b/i.test(request.headers.expect ?? "")) response.writeContinue();
}

function readArrived(request: IncomingMessage, maxBytes: number): Uint8Array | undefined {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // From Node 26 on, each read gives one of the chunks that have arrived.
  for (let chunk: Buffer | null = request.read(); chunk !== null; chunk = request.read()) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes);
}
