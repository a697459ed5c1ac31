import type { HeaderLines, NodeRequest } from "./message.ts";

/** What the head of a request asks for. */
export type Head = {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
};

/** Why a request cannot be answered, by its head. */
export type BadHead = { readonly reason: "INVALID_REQUEST" | "UNAUTHENTICATED"; readonly problem: string };

/**
 * Reads a request's head, or says why it cannot be answered: it has more than `maxBytes`, its target is
 * not a path, its host is missing, it expects or encodes what no server here can, or a header of which
 * only one can hold is repeated. Whoever acted on such a head could not know what a proxy in front had
 * seen in it.
 */
export function readHead(request: NodeRequest, lines: HeaderLines, maxBytes: number): Head | BadHead {
  // Node's parser of HTTP/1.1 keeps to the limit; that of HTTP/2 only announces it.
  if (request.rawHeaders.join().length > maxBytes) return bad("the head of the request is too large");
  const target = request.url ?? "";
  if (!target.startsWith("/")) return bad("the request's target must be a path");
  if (request.httpVersion !== "1.0" && !lines.has("host") && !lines.has(":authority")) {
    return bad("Host must be sent");
  }
  const repeated = single.find((name) => (lines.get(name)?.length ?? 0) > 1);
  if (repeated !== undefined) return bad(`${repeated} must be sent once`);
  if ((lines.get("authorization")?.length ?? 0) > 1) {
    return { reason: "UNAUTHENTICATED", problem: "Authorization must be sent once" };
  }
  // Node takes codings before `chunked` and leaves the body as it came.
  if (!(lines.get("transfer-encoding") ?? []).every((value) => value.toLowerCase() === "chunked")) {
    return bad("Transfer-Encoding can only be chunked");
  }
  if (!(lines.get("expect") ?? []).every((value) => value.toLowerCase() === "100-continue")) {
    return bad("Expect can only be 100-continue");
  }
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { method: request.method ?? "", path, query: mark < 0 ? "" : target.slice(mark + 1) };
}

function bad(problem: string): BadHead {
  return { reason: "INVALID_REQUEST", problem };
}

const single = ["host", "content-type", "content-length", "content-encoding"];
