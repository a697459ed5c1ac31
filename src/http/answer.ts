import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { toErrorAnswer } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import type { Chunks, KeptBytes } from "../unary/unary-call.ts";
import type { Turn } from "./handler.ts";
import { hasBody, isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";

/** An answer that is known whole before any of it is sent. */
export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  /** Of HTTP/2 only: what is known when the body has been sent. */
  readonly trailers?: Readonly<Record<string, string>>;
};

/** An answer as it is sent: also one whose body is kept in chunks. */
export type SentAnswer = Omit<Answer, "body"> & { readonly body: Answer["body"] | Chunks };

/** Headers that each answer has, unless it has others of their names: nothing is kept on the way, or taken for what it is not. */
export const commonHeaders = { "x-content-type-options": "nosniff", "cache-control": "no-store" };

/** An answer whose body somebody keeps, in its forms: compressed where that is worth it. */
export type KeptAnswer = Pick<Answer, "status" | "headers" | "trailers"> & {
  readonly body: Uint8Array | KeptBytes;
};

/**
 * How long the rest of an upload is taken in after its answer. Most clients that are still sending
 * when a connection closes lose the answer.
 */
const lingerMs = 1_000;

/** The same for HTTP/2, where giving up a stream loses nothing that was sent before. */
const streamLingerMs = 250;

/**
 * Sends an answer. Where the request's body was not read to its end, the rest is thrown away for a
 * moment, and then an HTTP/1.1 connection is closed, or an HTTP/2 stream.
 */
export function sendAnswer(turn: Turn, answer: SentAnswer): void | Promise<void> {
  const early = isEarly(turn.request);
  return early instanceof Promise ? early.then((isEarly) => send(turn, answer, isEarly)) : send(turn, answer, early);
}

function send({ request, response, common, tally }: Turn, answer: SentAnswer, early: boolean): void | Promise<void> {
  if (response.headersSent || response.destroyed) return;
  const chunks = toChunks(answer.body);
  let bytes = 0;
  for (const { byteLength } of chunks) bytes += byteLength;
  const headers: Record<string, string> = { ...common, ...answer.headers };
  if (answer.status !== 304 && answer.trailers === undefined) headers["content-length"] = `${bytes}`;
  // A response that ends without data says so in its head, which gRPC needs where there is an error only.
  const empty = request.method === "HEAD" || bytes === 0;
  tally.bytes = empty ? 0 : bytes;
  if (early && !("stream" in response)) {
    return sendBeforeEnd(request as IncomingMessage, response, { status: answer.status, headers, chunks, empty });
  }
  if (early) releaseStream(request, response);
  if (empty && answer.trailers === undefined && "stream" in response)
    return endWithHead(response, answer.status, headers);
  writeHead(response, answer.status, headers);
  if (answer.trailers !== undefined) response.addTrailers(answer.trailers);
  if (!empty) writeAll(response, chunks);
  response.end();
}

/** Of HTTP/2: `writeHead` would send the head before it is known to be all, and clients of gRPC would find no status in it. */
function endWithHead(response: Http2ServerResponse, status: number, headers: Readonly<Record<string, string>>): void {
  response.statusCode = status;
  for (const name in headers) response.setHeader(name, headers[name]!);
  response.end();
}

type Whole = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: Chunks;
  readonly empty: boolean;
};

async function sendBeforeEnd(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, chunks, empty }: Whole,
): Promise<void> {
  writeHead(response, status, { ...headers, connection: "close" });
  // The client knows the whole answer by its length; the connection ends with `end`.
  if (empty) response.flushHeaders();
  else writeAll(response, chunks);
  request.resume();
  await Promise.race([sleep(lingerMs), new Promise((resolve) => request.once("close", resolve))]);
  response.end();
}

function toChunks(body: SentAnswer["body"]): Chunks {
  if (typeof body === "string") return [Buffer.from(body)];
  return body instanceof Uint8Array ? [body] : body;
}

/** What is written to HTTP/1.1 in one go is sent in one; HTTP/2 makes a frame of each chunk. */
function writeAll(response: NodeResponse, chunks: Chunks): void {
  if ("stream" in response) response.write(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
  else for (const chunk of chunks) response.write(chunk);
}

/** Node looks least at headers that come all at once, in a list; what was set on the response before stays. */
function writeHead(response: NodeResponse, status: number, headers: Readonly<Record<string, string>>): void {
  if ("stream" in response) response.writeHead(status, headers);
  else {
    const lines: string[] = [];
    for (const name in headers) lines.push(name, headers[name]!);
    response.writeHead(status, lines);
  }
}

/** Whether the request's body is still to come. */
export function isEarly(request: NodeRequest): boolean | Promise<boolean> {
  if (request.complete || !hasBody(request)) return false;
  // A small body arrives with its head, but Node tells of it one turn later.
  return setImmediate().then(() => !request.complete);
}

/** Gives an HTTP/2 stream up a moment after its answer, where the other side may still be sending on it. */
export function releaseStream(request: NodeRequest, response: NodeResponse): void {
  if (!isHttp2(request)) return;
  const { stream } = request;
  response.once("finish", () => setTimeout(() => stream.destroy(), streamLingerMs).unref());
}

/** Returns an error as the documented JSON. */
export function errorToAnswer(error: unknown): Answer {
  const { status, body, retryAfterS } = toErrorAnswer(error);
  return {
    status,
    headers: {
      "content-type": "application/json",
      ...(retryAfterS !== undefined && { "retry-after": `${retryAfterS}` }),
      ...(status === 401 && { "www-authenticate": "Bearer" }),
    },
    body: JSON.stringify(body),
  };
}

/** Returns the answer where nothing stands. */
export function nothingHere(): Answer {
  return errorToAnswer(fault("NOT_FOUND", "nothing is here"));
}

/** Returns the answer where something stands, but not of this HTTP method. */
export function onlyMethods(allow: readonly string[]): Answer {
  const answer = errorToAnswer(fault("NO_SUCH_METHOD", "this HTTP method is not for what is here: see Allow"));
  return { ...answer, headers: { ...answer.headers, allow: allow.join(", ") } };
}
