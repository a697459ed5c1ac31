import type { ContextValues } from "@connectrpc/connect";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import type { Tally } from "./access-log.ts";
import { type Answer, isEarly, type KeptAnswer, releaseStream, type SentAnswer, sendAnswer } from "./answer.ts";
import { compressAnswer } from "./compress.ts";
import type { Exchange } from "./exchange.ts";
import { type HeaderLines, isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";
import { letBodyCome } from "./read-body.ts";
import type { Procedure } from "./request-over.ts";
import { webStatusOf } from "./web-status.ts";
import { type WholeHandler, WholeRequest } from "./whole-request.ts";

/** A request and its response as connect's handlers have them, whatever the server. */
type UniversalRequest = ReturnType<typeof universalRequestFromNodeRequest>;
type UniversalResponse = Parameters<typeof universalResponseToNodeResponse>[0];

/** Answers requests at a path, of which it knows the template, also with streams. */
type StreamHandler = {
  (request: UniversalRequest): Promise<UniversalResponse>;
  readonly requestPath: string;
  /** Whether it answers with a stream of messages, which ends when the caller likes. */
  readonly isStream?: boolean;
  readonly procedure?: Procedure;
};

/** Answers requests at a path. */
export type Handler = StreamHandler | WholeHandler;

/** A request that is being answered. */
export type Turn = {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
  readonly lines: HeaderLines;
  readonly exchange: Exchange;
  /** Headers that the answer has, unless it has others of their names. */
  readonly common: Readonly<Record<string, string>>;
  readonly tally: Tally;
};

/** How a handler is called: with what it is told of the request, and the place that its work takes. */
export type Call = { readonly query: string; readonly contextValues: ContextValues; readonly place?: Disposable };

/**
 * Lets a handler answer a request. An answer that says its length is sent whole, as JSON compressed
 * where that is worth it; any other is sent as it comes, with its trailers. The place is given back as soon as only
 * sending is left: how long that takes is the reader's doing. Throws whatever the handler throws.
 */
export async function runHandler(handler: Handler, turn: Turn, call: Call): Promise<void> {
  let sent: SentAnswer | undefined;
  if (typeof handler === "function") sent = await runStream(handler, turn, call);
  else {
    try {
      sent = await toSent(await handler.answer(new WholeRequest(turn, call)), turn);
    } finally {
      call.place?.[Symbol.dispose]();
    }
  }
  if (sent !== undefined) await sendAnswer(turn, sent);
}

async function runStream(handler: StreamHandler, turn: Turn, call: Call): Promise<SentAnswer | undefined> {
  using held = new DisposableStack();
  held.use(call.place);
  const answer = await answerStream(handler, turn, call.contextValues, held);
  return answer && (await toSent(answer, turn));
}

function toSent(answer: Answer | KeptAnswer, { lines, tally }: Turn): SentAnswer | Promise<SentAnswer> {
  const { trailers } = answer;
  if (trailers !== undefined) tally.rpcStatus = () => trailers["grpc-status"];
  return staysAsItIs(answer) ? answer : compressAnswer(answer, lines.get("accept-encoding")?.join() ?? "");
}

/** What Connect has compressed itself, or has in a form of its own, and files such as pictures. */
function staysAsItIs(answer: Answer | KeptAnswer): answer is Answer {
  const { headers, body } = answer;
  if (!(body instanceof Uint8Array)) return false;
  return "content-encoding" in headers || !isText.test(headers["content-type"] ?? "");
}

const isText = /^(application\/json|text\/csv)\b/;

/** Resolves with the answer where it is whole; undefined for one that is on its way. */
async function answerStream(
  handler: StreamHandler,
  { request, response, common, tally }: Turn,
  contextValues: ContextValues,
  held: DisposableStack,
): Promise<Answer | undefined> {
  const universal = universalRequestFromNodeRequest(request, response, undefined, contextValues);
  const answer = await handler({ ...universal, body: readBody(request, response) });
  tally.rpcStatus = () => answer.trailer?.get("grpc-status") ?? undefined;
  const early = await isEarly(request);
  const { body } = answer;
  if (body === undefined || answer.header?.has("content-length") || (!isHttp2(request) && early)) {
    return toAnswer(answer, tally);
  }
  if (early) releaseStream(request, response);
  for (const [name, value] of Object.entries(common)) response.setHeader(name, value);
  const counted = { ...answer, body: count(body, tally, held.move()) };
  // This settles on failure only, and then nothing more can be said.
  universalResponseToNodeResponse(counted, response).catch(() => response.destroy());
  return undefined;
}

/** Nothing is asked of the client before somebody reads. */
async function* readBody(request: NodeRequest, response: NodeResponse): AsyncGenerator<Uint8Array, void, void> {
  letBodyCome(request, response);
  // Leaving off early must not destroy the request: an answer is still to be sent.
  yield* request.iterator({ destroyOnReturn: false });
}

/** A call of one message has done its work when that is there; its methods run no sooner than they are read from. */
async function* count(
  body: AsyncIterable<Uint8Array>,
  tally: Tally,
  place: DisposableStack,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of body) {
      place.dispose();
      noteStatus(chunk, tally);
      tally.bytes += chunk.byteLength;
      yield chunk;
    }
  } finally {
    place.dispose();
  }
}

/** Of gRPC-Web, whose trailers are the last frame of the body; Connect gives out a frame at a time. */
function noteStatus(frame: Uint8Array, tally: Tally): void {
  const status = tally.protocol === "grpc-web" ? webStatusOf(frame) : undefined;
  if (status !== undefined) tally.rpcStatus = () => status;
}

async function toAnswer({ status, header, body }: UniversalResponse, tally: Tally): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) {
    noteStatus(chunk, tally);
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(header ?? []);
  return { status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) };
}
