import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type Message, toBinary } from "@bufbuild/protobuf";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { binaryKind, readBinary } from "../unary/binary.ts";
import { CallContext } from "../unary/call-context.ts";
import { isAskedAgain } from "../unary/kept-messages.ts";
import { limitSignal } from "../unary/limit-signal.ts";
import { readWhole } from "../unary/read-whole.ts";
import { type CallRequest, defaultMaxBytes, invoke, type UnaryOptions, type UnarySpec } from "../unary/unary-call.ts";
import { prefixBytes, readEnvelope, toEnvelope } from "./envelope.ts";
import { parseTimeout } from "./timeout.ts";

/** An answer that is known whole, its trailers included; names are in lower case. */
export type GrpcAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
};

/** What a call is answered by. */
export type GrpcOptions = UnaryOptions & {
  /** Returns the fault that stands for an error that is none, and tells an operator of it. */
  readonly report: (error: unknown, context: Pick<HandlerContext, "method" | "values">) => ConnectError;
};

/** Smaller messages stay as they are. */
const minCompressedBytes = 1_024;

/** What this form of gRPC is for; whatever else is gRPC is left to Connect's. */
export function isPlainGrpc(header: (name: string) => string | undefined): boolean {
  const coding = header("grpc-encoding") ?? "identity";
  return /^application\/grpc(\+proto)?$/.test(header("content-type") ?? "") && /^(identity|gzip)$/.test(coding);
}

/**
 * Creates the gRPC form of a method that takes one message and gives one: the same implementation behind the same gate
 * and interceptors as Connect's, without what streams need, which takes most of the time of a call whose answer is
 * kept.
 */
export function createGrpcCall(spec: UnarySpec, options: GrpcOptions): (request: CallRequest) => Promise<GrpcAnswer> {
  const { requestGate, interceptors = [], readMaxBytes = defaultMaxBytes, atHand, kept, report } = options;
  const { output } = spec.method;
  const messages = isAskedAgain(spec.method) ? options.messages : undefined;
  const kind = binaryKind(spec.method);
  const decode = (bytes: Uint8Array) => readBinary(spec.method, bytes);

  return async (request) => {
    const startedAtMs = performance.now();
    const context = new CallContext(spec, request, "grpc");
    context.set("content-type", "application/grpc+proto");
    try {
      const timeoutMs = parseTimeout(request.header("grpc-timeout"));
      if (timeoutMs !== undefined) context.limitSignal((signal) => limitSignal(signal, timeoutMs, startedAtMs).signal);
      // Most of what can be waited for is there, and waiting for nothing takes time.
      const passing = requestGate?.(context.toGateContext());
      if (passing !== undefined) await passing;
      const message = await read(request);
      const isOver = timeoutMs !== undefined && performance.now() - startedAtMs >= timeoutMs;
      const known = isOver ? undefined : atHand?.(message, request.contextValues);
      const answer = known ?? (await invoke(spec, interceptors, context, message));
      const acceptsGzip = /(^|,) *gzip *(,|$)/.test(request.header("grpc-accept-encoding") ?? "");
      const body = await write(answer, acceptsGzip);
      if (body.at(0) === 1) context.set("grpc-encoding", "gzip");
      return { status: 200, headers: context.answerHeaders(), body, trailers: { "grpc-status": "0" } };
    } catch (error) {
      const known = error instanceof ConnectError ? error : report(error, context);
      const trailers = new Headers();
      setTrailerStatus(trailers, known);
      return {
        status: 200,
        headers: context.answerHeaders(),
        body: new Uint8Array(),
        trailers: Object.fromEntries(trailers),
      };
    }
  };

  async function read(request: CallRequest): Promise<Message> {
    const body = await readWhole(request, { maxBytes: readMaxBytes, aroundBytes: prefixBytes });
    const bytes = await readEnvelope(body, request.header("grpc-encoding") === "gzip", readMaxBytes);
    return messages === undefined ? decode(bytes) : messages.of(kind, bytes, decode);
  }

  async function write(message: Message, acceptsGzip: boolean): Promise<Uint8Array> {
    const binary = kept?.(message)?.binary;
    if (acceptsGzip && binary?.gzip !== undefined) return toEnvelope(await binary.gzip(), true);
    if (binary !== undefined) return toEnvelope(binary.plain(), false);
    const bytes = toBinary(output, message);
    const isWorthwhile = acceptsGzip && bytes.byteLength >= minCompressedBytes;
    return isWorthwhile ? toEnvelope([await promisify(gzip)(bytes)], true) : toEnvelope([bytes], false);
  }
}
