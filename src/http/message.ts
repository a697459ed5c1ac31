import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

/** A request of either version of HTTP. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** The response that goes with it. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Whether the message is of HTTP/2, where streams take the place of connections. */
export function isHttp2(request: NodeRequest): request is Http2ServerRequest {
  return "stream" in request;
}

/** Whether the request announces a body, of whatever length. */
export function hasBody(request: NodeRequest): boolean {
  if (isHttp2(request)) return !request.stream.endAfterHeaders;
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

/** The values of each header by its name in lower case, one an occurrence: elsewhere Node joins them or drops some. */
export type HeaderLines = ReadonlyMap<string, readonly string[]>;

/** Collects the lines of a request's head. */
export function readHeaderLines(request: NodeRequest): HeaderLines {
  const lines = new Map<string, string[]>();
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!.toLowerCase();
    const values = lines.get(name);
    if (values === undefined) lines.set(name, [request.rawHeaders[index + 1]!]);
    else values.push(request.rawHeaders[index + 1]!);
  }
  return lines;
}
