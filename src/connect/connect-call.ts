import type { Message } from "@bufbuild/protobuf";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import { mergeNonProtocolHeaders } from "@connectrpc/connect/protocol";
import {
  codeToHttpStatus,
  contentTypeUnaryRegExp,
  errorToJsonBytes,
  parseTimeout,
} from "@connectrpc/connect/protocol-connect";
import { reasonOf } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import { CallContext } from "../unary/call-context.ts";
import { isAskedAgain } from "../unary/kept-messages.ts";
import { type LimitedSignal, limitSignal } from "../unary/limit-signal.ts";
import { readWhole } from "../unary/read-whole.ts";
import {
  type CallRequest,
  defaultMaxBytes,
  invoke,
  type KeptBytes,
  type UnaryOptions,
  type UnarySpec,
} from "../unary/unary-call.ts";
import { type ConnectAnswer, toAnswer } from "./answer.ts";
import { createJsonFormat, createProtoFormat, type Format, type JsonOptions } from "./format.ts";

/** What a call is answered by. */
export type ConnectOptions = UnaryOptions & {
  /** How JSON is read and written, errors included. */
  readonly jsonOptions: JsonOptions;
  /** Answers of fewer bytes are not compressed. */
  readonly compressMinBytes: number;
  /** Returns the fault that stands for an error that is none, and tells an operator of it. */
  readonly report: (error: unknown, context: Pick<HandlerContext, "method" | "values">) => ConnectError;
};

/** A timer of more than 24 days would end at once. */
const maxTimeoutMs = 86_400_000;

/** What this form of Connect's protocol is for; whatever else is Connect's is left to its own handlers. */
export function isPlainConnect(method: string, header: (name: string) => string | undefined): boolean {
  return (
    method === "POST" &&
    contentTypeUnaryRegExp.test(header("content-type") ?? "") &&
    (header("content-encoding") ?? "identity") === "identity" &&
    (header("connect-protocol-version") ?? "1") === "1"
  );
}

/**
 * Creates the Connect form of a method that takes one message and gives one: the same implementation behind the same
 * gate and interceptors as in Connect's own handlers, and the same answers, without what streams need
 * (https://connectrpc.com/docs/protocol#unary-request). What those handlers refuse by themselves is told in our words.
 */
export function createConnectCall(
  spec: UnarySpec,
  options: ConnectOptions,
): (request: CallRequest) => Promise<ConnectAnswer> {
  const { requestGate, interceptors = [], readMaxBytes = defaultMaxBytes, atHand, kept, report } = options;
  const messages = isAskedAgain(spec.method) ? options.messages : undefined;
  const json = createJsonFormat(spec.method, options.jsonOptions);
  const proto = createProtoFormat(spec.method);

  return async (request) => {
    const startedAtMs = performance.now();
    const context = new CallContext(spec, request, "connect");
    const format = /proto$/i.test(request.header("content-type") ?? "") ? proto : json;
    const compression = { accepted: request.header("accept-encoding"), minBytes: options.compressMinBytes };
    context.set("content-type", format.type);
    let limited: LimitedSignal | undefined;
    try {
      // Most of what can be waited for is there, and waiting for nothing takes time.
      const passing = requestGate?.(context.toGateContext());
      if (passing !== undefined) await passing;
      const timeoutMs = readTimeout(request);
      if (timeoutMs !== undefined) {
        context.limitSignal((signal) => {
          limited = limitSignal(signal, timeoutMs, startedAtMs);
          return limited.signal;
        });
      }
      const reading = readBody(request, readMaxBytes);
      const input = toMessage(format, reading instanceof Promise ? await reading : reading);
      const isOver = timeoutMs !== undefined && performance.now() - startedAtMs >= timeoutMs;
      const known = isOver ? undefined : atHand?.(input, request.contextValues);
      const output = known ?? (await invoke(spec, interceptors, context, input));
      const content = { status: 200, body: write(output, format), isJson: format === json };
      const answer = toAnswer(context, content, compression);
      return answer instanceof Promise ? await answer : answer;
    } catch (error) {
      const isOurs = error instanceof ConnectError && reasonOf(error) !== undefined;
      const known = isOurs ? error : report(error, context);
      context.set("content-type", json.type);
      mergeNonProtocolHeaders(context.responseHeader, known.metadata);
      const body = errorToJsonBytes(known, options.jsonOptions);
      return toAnswer(context, { status: codeToHttpStatus(known.code), body, isJson: true }, compression);
    } finally {
      // The signal of a caller who is answered does not abort.
      limited?.stop();
    }
  };

  function toMessage({ kind, read }: Format, body: Uint8Array): Message {
    return messages === undefined ? read(body) : messages.of(kind, body, read);
  }

  function write(message: Message, format: Format): Uint8Array | KeptBytes {
    const bytes = kept?.(message)?.[format.name];
    if (bytes === undefined) return format.write(message);
    return bytes.gzip === undefined ? Buffer.concat(bytes.plain()) : bytes;
  }
}

/** Reads how long the caller waits, in milliseconds. Throws INVALID_REQUEST. */
function readTimeout(request: CallRequest): number | undefined {
  const { timeoutMs, error } = parseTimeout(request.header("connect-timeout-ms"), Number.MAX_SAFE_INTEGER);
  if (error !== undefined) throw fault("INVALID_REQUEST", "the request is malformed");
  return timeoutMs && Math.min(timeoutMs, maxTimeoutMs);
}

/** Reads a body whole, at once where it has arrived. Refuses one that is too large in the words of Connect's handlers. */
function readBody(request: CallRequest, maxBytes: number): Uint8Array | Promise<Uint8Array> {
  const tooLarge = () => fault("BODY_TOO_LARGE", "the request is too large");
  if (Number(request.header("content-length") ?? 0) > maxBytes) throw tooLarge();
  return readWhole(request, { maxBytes, tooLarge });
}
