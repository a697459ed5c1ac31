/**
 * The only file that imports @connectrpc/connect/protocol, which follows no semantic
 * versioning: connect is pinned to an exact version, and this room's tests run through here.
 */

import type { Message } from "@bufbuild/protobuf";
import { ConnectError, createHandlerContext, type HandlerContext, type MethodImplSpec } from "@connectrpc/connect";
import {
  invokeUnaryImplementation,
  mergeNonProtocolHeaders,
  type UniversalHandlerFn,
  type UniversalHandlerOptions,
  type UniversalServerRequest,
  validateUniversalHandlerOptions,
} from "@connectrpc/connect/protocol";
import type { Bind } from "./bind.ts";
import { readBody } from "./body.ts";
import { errorToReply, messageToReply } from "./reply.ts";

/** A method with its implementation, of the kind that REST can call. */
export type UnarySpec = Extract<MethodImplSpec, { kind: "unary" }>;

/** What REST calls share with Connect's: gate, interceptors, limits. */
export type RestOptions = Partial<UniversalHandlerOptions>;

/** Answers a call whose path had these values of its variables. */
export type RestCall = (variables: ReadonlyMap<string, string>) => UniversalHandlerFn;

/**
 * Creates the REST form of a method: the same implementation behind the same gate and interceptors as
 * Connect's, under the protocol name `rest`. The gate runs before a byte of the body is read. A fault
 * becomes the documented error; what is none is thrown on, to whoever logs.
 */
export function createRestCall(spec: UnarySpec, bind: Bind, takesJson: boolean, options: RestOptions): RestCall {
  const { requestGate, interceptors, readMaxBytes, shutdownSignal } = validateUniversalHandlerOptions(options);

  return (variables) => async (request) => {
    const context = createHandlerContext({
      service: spec.method.parent,
      method: spec.method,
      protocolName: "rest",
      requestMethod: request.method,
      url: request.url,
      requestSignal: request.signal,
      requestHeader: request.header,
      ...(shutdownSignal && { shutdownSignal }),
      ...(request.contextValues && { contextValues: request.contextValues }),
    });
    const { status, body } = await answer(context, request, variables).finally(() => context.abort());
    const header = context.responseHeader;
    header.set("content-type", "application/json");
    header.set("content-length", `${body.byteLength}`);
    return { status, header, body: only(body) };
  };

  async function answer(
    context: HandlerContext,
    request: UniversalServerRequest,
    variables: ReadonlyMap<string, string>,
  ) {
    try {
      await requestGate?.(context);
      const bytes = await readBody(request.header, request.body as AsyncIterable<Uint8Array>, takesJson, readMaxBytes);
      const { search } = new URL(request.url);
      const input: Message = bind({ variables, query: search.slice(1), body: bytes });
      const output = await invokeUnaryImplementation(spec, context, input, interceptors);
      return messageToReply(spec.method.output, output);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      mergeNonProtocolHeaders(context.responseHeader, error.metadata);
      return errorToReply(error, context.responseHeader);
    }
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
