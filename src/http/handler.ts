import type { ContextValues } from "@connectrpc/connect";
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from "@connectrpc/connect-node";
import { fault } from "../errors/fault.ts";
import type { Tally } from "./access-log.ts";
import { type Answer, isEarly, releaseStream, sendAnswer } from "./answer.ts";
import { compressAnswer } from "./compress.ts";
import { isHttp2, type NodeRequest, type NodeResponse } from "./message.ts";

/** A request and its response as connect's handlers have them, whatever the server. */
type UniversalRequest = ReturnType<typeof universalRequestFromNodeRequest>;
type UniversalResponse = Parameters<typeof universalResponseToNodeResponse>[0];

/** Answers requests at a path, of which it knows the template. */
export type Handler = {
  (request: UniversalRequest): Promise<UniversalResponse>;
  readonly requestPath: string;
  /** Whether it answers with a stream of messages, which ends when the caller likes. */
  readonly isStream?: boolean;
};

/**
 * Lets a handler answer a request. An answer that says its length is sent whole, as JSON compressed
 * where that is worth it; any other is sent as it comes, with its trailers. The place is given back as soon as only
 * sending is left: how long that takes is the reader's doing. Throws INVALID_REQUEST for a host that is none, and
 * whatever the handler throws.
 */
export async function runHandler(
  handler: Handler,
  request: NodeRequest,
  response: NodeResponse,
  contextValues: ContextValues,
  tally: Tally,
  place?: Disposable,
): Promise<void> {
  using held = new DisposableStack();
  held.use(place);
  const answer = await handler(toUniversal(request, response, contextValues));
  tally.rpcStatus = () => answer.trailer?.get("grpc-status") ?? undefined;
  const early = await isEarly(request);
  const { body } = answer;
  if (body !== undefined && !answer.header?.has("content-length") && (isHttp2(request) || !early)) {
    if (early) releaseStream(request, response);
    const counted = { ...answer, body: count(body, tally, held.move()) };
    // This settles on failure only, and then nothing more can be said.
    universalResponseToNodeResponse(counted, response).catch(() => response.destroy());
    return;
  }
  const whole = await toAnswer(answer);
  const plainJson = whole.headers["content-type"] === "application/json" && !("content-encoding" in whole.headers);
  const accepted = `${request.headers["accept-encoding"] ?? ""}`;
  const sent = plainJson ? await compressAnswer(whole, accepted) : whole;
  held.dispose();
  await sendAnswer(request, response, sent);
}

function toUniversal(request: NodeRequest, response: NodeResponse, contextValues: ContextValues): UniversalRequest {
  try {
    const universal = universalRequestFromNodeRequest(request, response, undefined, contextValues);
    return { ...universal, body: readBody(request, response) };
  } catch (cause) {
    throw fault("INVALID_REQUEST", "Host is not the name of a host", { cause });
  }
}

/** Lets a client that waits for it send its body, once somebody wants it. */
async function* readBody(request: NodeRequest, response: NodeResponse): AsyncGenerator<Uint8Array, void, void> {
  if (request.httpVersion !== "1.0" && /\b100-continue\b/i.test(request.headers.expect ?? "")) response.writeContinue();
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
      tally.bytes += chunk.byteLength;
      yield chunk;
    }
  } finally {
    place.dispose();
  }
}

async function toAnswer({ status, header, body }: UniversalResponse): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body ?? []) chunks.push(chunk);
  const headers = Object.fromEntries(header ?? []);
  return { status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) };
}
