import { create, type Message } from "@bufbuild/protobuf";
import type {
  ContextValues,
  HandlerContext,
  Interceptor,
  MethodImplSpec,
  UnaryRequest,
  UnaryResponse,
} from "@connectrpc/connect";
import type { CallContext } from "./call-context.ts";
import type { KeptMessages } from "./kept-messages.ts";

/** A method with its implementation, of the kind that takes one message and gives one. */
export type UnarySpec = Extract<MethodImplSpec, { kind: "unary" }>;

/** A request, of which as little is made as is asked for. */
export type CallRequest = {
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
  /**
   * Reads the body whole, at once where it has arrived; undefined where it has more bytes than that. Rejects when the
   * caller goes away.
   */
  readBody(maxBytes: number): Uint8Array | undefined | Promise<Uint8Array | undefined>;
};

/** What the protocols share: gate, interceptors, limits. */
export type UnaryOptions = {
  /** Decides by the head of a request whether its body is read. */
  readonly requestGate?: ((context: GateContext) => void | Promise<void>) | undefined;
  readonly interceptors?: Interceptor[] | undefined;
  /**
   * Returns the answer to a message where it can be given at once, and is what interceptors and method would give;
   * undefined where they are to be asked.
   */
  readonly atHand?: ((message: Message, values: ContextValues) => Message | undefined) | undefined;
  readonly readMaxBytes?: number | undefined;
  /** Where messages that come again are kept; nowhere unless told. */
  readonly messages?: KeptMessages | undefined;
  /** Returns the bytes of a message where somebody keeps them. */
  readonly kept?: ((message: Message) => KeptMessage | undefined) | undefined;
};

/** A call of which no body was read yet: as much of a `HandlerContext` as costs nothing to have. */
export type GateContext = Pick<HandlerContext, "method" | "values"> & {
  readonly requestHeader: Pick<Headers, "get">;
  readonly responseHeader: Pick<Headers, "set">;
};

/** A message as bytes that somebody keeps. */
export type KeptMessage = { readonly json: KeptBytes; readonly binary: KeptBytes };

/** Bytes, one chunk after another: what is kept is sent as it is, and not copied to stand beside what is new. */
export type Chunks = readonly Uint8Array[];

/** Bytes in their forms. */
export type KeptBytes = {
  plain(): Chunks;
  /** Returns the same in the form of gzip, at once where it was compressed before; absent where that is not worth it. */
  readonly gzip?: (() => Chunks | Promise<Chunks>) | undefined;
};

/** As Connect's own default: what is registered here has a limit of its own. */
export const defaultMaxBytes = 0xffffffff;

/** Calls the implementation through the interceptors, the first of which is the outermost. */
export async function invoke(
  spec: UnarySpec,
  interceptors: readonly Interceptor[],
  context: CallContext,
  input: Message,
): Promise<Message> {
  const implement = async (passed: UnaryRequest): Promise<UnaryResponse> => {
    const message = create(spec.method.output, await spec.impl(passed.message, context.pass(passed)));
    return context.toUnaryResponse(message);
  };
  let next = implement as ReturnType<Interceptor>;
  for (const interceptor of interceptors.toReversed()) next = interceptor(next);
  const { message } = await next(context.toUnaryRequest(input));
  return message as Message;
}
