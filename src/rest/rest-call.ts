import type { Message } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { CallContext } from "../unary/call-context.ts";
import { isAskedAgain } from "../unary/kept-messages.ts";
import { type CallRequest, defaultMaxBytes, invoke, type UnaryOptions, type UnarySpec } from "../unary/unary-call.ts";
import type { Bind } from "./bind.ts";
import { readBody } from "./body.ts";
import { errorToReply, type Reply, type Write } from "./reply.ts";

/** An answer that is known whole; names of headers are in lower case. */
type RestAnswer = Omit<Reply, "contentType"> & { readonly headers: Readonly<Record<string, string>> };

/** Answers a call whose path had these values of its variables. */
export type RestCall = (variables: ReadonlyMap<string, string>) => (request: CallRequest) => Promise<RestAnswer>;

/** How a google.api.http rule has a request read, and an answer written. */
export type Binding = {
  readonly bind: Bind;
  /** Whether the request has a body. */
  readonly takesJson: boolean;
  readonly write: Write;
};

/**
 * Creates the REST form of a method: the same implementation behind the same gate and interceptors as
 * Connect's, under the protocol name `rest`. The gate runs before a byte of the body is read. A fault
 * becomes the documented error; what is none is thrown on, to whoever logs.
 */
export function createRestCall(spec: UnarySpec, { bind, takesJson, write }: Binding, options: UnaryOptions): RestCall {
  const { requestGate, interceptors = [], readMaxBytes = defaultMaxBytes, atHand, kept: keptOf } = options;
  const messages = isAskedAgain(spec.method) ? options.messages : undefined;
  const kind = `json ${spec.method}`;

  return (variables) => async (request) => {
    const context = new CallContext(spec, request, "rest");
    const toAnswer = ({ status, body, contentType = "application/json" }: Reply): RestAnswer => {
      context.set("content-type", contentType);
      return { status, headers: context.answerHeaders(), body };
    };
    try {
      // Most of what can be waited for is there, and waiting for nothing takes time.
      const passing = requestGate?.(context.toGateContext());
      if (passing !== undefined) await passing;
      const reading = readBody(request, takesJson, readMaxBytes);
      const body = reading instanceof Promise ? await reading : reading;
      const input = toMessage(variables, request.query, body);
      const output = atHand?.(input, request.contextValues) ?? (await invoke(spec, interceptors, context, input));
      const kept = keptOf?.(output);
      return toAnswer(kept === undefined ? write(output) : { status: 200, body: kept.json });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      for (const [name, value] of error.metadata.entries()) context.set(name, value);
      return toAnswer(errorToReply(error, context));
    }
  };

  function toMessage(variables: ReadonlyMap<string, string>, query: string, body: Uint8Array): Message {
    const read = (bytes: Uint8Array) => bind({ variables, query, body: bytes });
    const isBodyAll = variables.size === 0 && query === "";
    return isBodyAll && messages !== undefined ? messages.of(kind, body, read) : read(body);
  }
}
