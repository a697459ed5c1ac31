import { type HeaderLines, isHttp2, type NodeRequest } from "./message.ts";

/** What the head of a request asks for. */
export type Head = {
  readonly method: string;
  /** As it was sent. */
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
};

/** Why a request cannot be answered, by its head. */
type BadHead = { readonly reason: "INVALID_REQUEST" | "UNAUTHENTICATED"; readonly problem: string };

/** Reads a request's head, or says why it cannot be answered. */
export type ReadHead = (request: NodeRequest, lines: HeaderLines) => Head | BadHead;

/** So many hosts are known to be some, so that none of those that are used is looked at twice. */
const maxHosts = 100;

/**
 * Creates the reading of heads. One cannot be answered that has more than `maxBytes`, whose target is
 * not a path, whose host is missing or is none, that expects or encodes what no server here can, or that repeats a
 * header of which only one can hold. Whoever acted on such a head could not know what a proxy in front had
 * seen in it.
 */
export function createHeadReader(maxBytes: number): ReadHead {
  const hosts = new Set<string>();
  return (request, lines) => {
    // Node's parser of HTTP/1.1 keeps to the limit; that of HTTP/2 only announces it.
    if (isHttp2(request) && lengthOf(request.rawHeaders) > maxBytes) {
      return bad("the head of the request is too large");
    }
    const host = (lines.get("host") ?? lines.get(":authority"))?.[0];
    if (host !== undefined && !hosts.has(host)) {
      if (!URL.canParse(`http://${host}`)) return bad("Host is not the name of a host");
      if (hosts.size < maxHosts) hosts.add(host);
    }
    return readHead(request, lines);
  };
}

function readHead(request: NodeRequest, lines: HeaderLines): Head | BadHead {
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

/** Each field counts with what stands around it on the way. */
function lengthOf(rawHeaders: readonly string[]): number {
  let length = 0;
  for (const text of rawHeaders) length += text.length + 1;
  return length;
}

function bad(problem: string): BadHead {
  return { reason: "INVALID_REQUEST", problem };
}

const single = ["host", "content-type", "content-length", "content-encoding"];
