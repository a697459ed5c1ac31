import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "../limit/admission.ts";
import { type Answer, commonHeaders } from "./answer.ts";
import type { Find } from "./dispatch.ts";
import type { Handler } from "./handler.ts";
import { type HeaderLines, readHeaderLines } from "./message.ts";
import { isProbe } from "./probes.ts";
import { protocolOf } from "./protocol-of.ts";
import { readRequestId } from "./request-id.ts";
import type { OnRequest, Protocol, RequestOver } from "./request-over.ts";
import type { Shed } from "./shed.ts";

/** Refuses a request of HTTP/1.1 where there is no room for it; returns whether it did. */
export type QuickRefusal = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What refusals go by. */
export type QuickRefusalOptions = {
  readonly admission: Pick<Admission, "isFull" | "refuse">;
  readonly find: Find;
  readonly shed: Shed;
  readonly generateId: () => string;
  /** Told of each that was refused; nobody unless told. */
  readonly onRequest?: OnRequest | undefined;
};

/** A body that arrives along with its head, or as good as: Node throws away what is still to come of it. */
const smallBodyBytes = 16 * 1024;

/**
 * Creates the refusal of requests before anything else is made of them, a line in the log included: under overload most
 * of the work is refusing, and what it takes is missing to those who are served. Only requests that would ask for a
 * place are refused, so that probes and assets are answered, and what leads nowhere. Whatever has a longer way to go
 * goes it: calls of gRPC-Web, whose refusal is no error of HTTP, large bodies, and what waits for an answer before it.
 */
export function createQuickRefusal(options: QuickRefusalOptions): QuickRefusal {
  const { admission, find, shed, generateId, onRequest } = options;
  const texts = new WeakMap<Answer, Text>();

  return (request, response) => {
    if (!admission.isFull() || response.socket === null) return false;
    const path = pathOf(request.url ?? "");
    const asked = wantsPlace(request.method ?? "", path);
    if (asked === undefined) return false;
    const lines = readHeaderLines(request);
    const contentType = lines.get("content-type")?.[0];
    if (!isSmall(lines) || contentType?.startsWith("application/grpc")) return false;
    admission.refuse();
    onRequest?.(toOver(asked, contentType));
    const answer = shed(path, contentType);
    const { headers, body } = textOf(answer);
    const { requestId } = readRequestId(lines, generateId);
    response.writeHead(answer.status, [...headers, "x-request-id", requestId]);
    response.end(body, "latin1");
    return true;
  };

  /** Returns what answers it, where that takes a place. */
  function wantsPlace(method: string, path: string): Asked | undefined {
    if (path.startsWith("/s/")) return method === "GET" ? link : undefined;
    const found = find({ method, path });
    return found === undefined || "allow" in found || isProbe(found) ? undefined : found;
  }

  function textOf(answer: Answer): Text {
    let text = texts.get(answer);
    text ??= toText(answer);
    texts.set(answer, text);
    return text;
  }
}

type Asked = Pick<Handler, "requestPath" | "procedure"> & { readonly protocol?: Protocol };

const link: Asked = { requestPath: "/s/{token}" };

function toOver(asked: Asked, contentType: string | undefined): RequestOver {
  const protocol = protocolOf(asked, contentType);
  const { requestPath: path, procedure } = asked;
  return { procedure, protocol, path, status: 503, rpcStatus: undefined, code: "overloaded", ms: undefined };
}

/** Headers as node:http takes them without looking at each, and a body that it sends along with them. */
type Text = { readonly headers: readonly string[]; readonly body: string };

function toText({ headers, body }: Answer): Text {
  const bytes = Buffer.from(body as Uint8Array);
  const all = { ...commonHeaders, ...headers, "content-length": `${bytes.byteLength}` };
  return { headers: Object.entries(all).flat(), body: bytes.toString("latin1") };
}

function pathOf(target: string): string {
  const mark = target.indexOf("?");
  return mark < 0 ? target : target.slice(0, mark);
}

function isSmall(lines: HeaderLines): boolean {
  return !lines.has("transfer-encoding") && Number(lines.get("content-length")?.[0] ?? 0) <= smallBodyBytes;
}
