import { create, type Message } from "@bufbuild/protobuf";
import {
  ConnectError,
  type ContextValues,
  type HandlerContext,
  type Interceptor,
  type MethodImplSpec,
  type UnaryRequest,
  type UnaryResponse,
} from "@connectrpc/connect";
import type { Bind } from "./bind.ts";
import { readBody } from "./body.ts";
import { CallContext } from "./call-context.ts";
import { errorToReply, type KeptBody, messageToReply, type Reply } from "./reply.ts";

/** A method with its implementation, of the kind that REST can call. */
export type UnarySpec = Extract<MethodImplSpec, { kind: "unary" }>;

/** A request, of which as little is made as is asked for. */
export type RestRequest = {
  readonly method: string;
  readonly url: string;
  /** Without its `?`. */
  readonly query: string;
  readonly contextValues: ContextValues;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
  readonly headers: Headers;
  /** As `headers.get`, for a name in lower case. */
  header(name: string): string | null;
  /** Reads the body whole; undefined where it has more bytes than that. Rejects when the caller goes away. */
  readBody(maxBytes: number): Promise<Uint8Array | undefined>;
};

/** An answer that is known whole; names of headers are in lower case. */
export type RestAnswer = Reply & { readonly headers: Readonly<Record<string, string>> };

/** What REST calls share with Connect's: gate, interceptors, limits. */
export type RestOptions = {
  /** Decides by the head of a request whether its body is read. */
  readonly requestGate?: ((context: GateContext) => void | Promise<void>) | undefined;
  readonly interceptors?: Interceptor[] | undefined;
  readonly readMaxBytes?: number | undefined;
  /** Returns the JSON of a message where somebody keeps it. */
  readonly keptJson?: ((message: Message) => KeptBody | undefined) | undefined;
};

/** A call of which no body was read yet: as much of a `HandlerContext` as costs nothing to have. */
export type GateContext = Pick<HandlerContext, "method" | "values"> & {
  readonly requestHeader: Pick<Headers, "get">;
  readonly responseHeader: Pick<Headers, "set">;
};

/** Answers a call whose path had these values of its variables. */
export type RestCall = (variables: ReadonlyMap<string, string>) => (request: RestRequest) => Promise<RestAnswer>;

/** As Connect's own default: what is registered here has a limit of its own. */
const defaultMaxBytes = 0xffffffff;

/**
 * Creates the REST form of a method: the same implementation behind the same gate and interceptors as
 * Connect's, under the protocol name `rest`. The gate runs before a byte of the body is read. A fault
 * becomes the documented error; what is none is thrown on, to whoever logs.
 */
export function createRestCall(spec: UnarySpec, bind: Bind, takesJson: boolean, options: RestOptions): RestCall {
  const { requestGate, interceptors = [], readMaxBytes = defaultMaxBytes, keptJson } = options;

  return (variables) => async (request) => {
    const context = new CallContext(spec, request);
    const { status, body } = await answer(context, request, variables);
    context.set("content-type", "application/json");
    return { status, headers: context.answerHeaders(), body };
  };

  async function answer(
    context: CallContext,
    request: RestRequest,
    variables: ReadonlyMap<string, string>,
  ): Promise<Reply> {
    try {
      await requestGate?.(context.toGateContext());
      const body = await readBody(request, takesJson, readMaxBytes);
      const input = bind({ variables, query: request.query, body });
      const output = await invoke(context, input);
      const kept = keptJson?.(output);
      return kept === undefined ? messageToReply(spec.method.output, output) : { status: 200, body: kept };
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      for (const [name, value] of error.metadata.entries()) context.set(name, value);
      return errorToReply(error, context);
    }
  }

  async function invoke(context: CallContext, input: Message): Promise<Message> {
    const implement = async (passed: UnaryRequest): Promise<UnaryResponse> => {
      const message = create(spec.method.output, await spec.impl(passed.message, context.pass(passed)));
      return context.toUnaryResponse(message);
    };
    let next = implement as ReturnType<Interceptor>;
    for (const interceptor of interceptors.toReversed()) next = interceptor(next);
    const { message } = await next(context.toUnaryRequest(input));
    return message as Message;
  }
}
