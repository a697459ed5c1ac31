/**
 * Imports from connect's protocols what follows no semantic versioning: connect is pinned to an exact
 * version, and a test asks for each of its messages that is told apart here.
 */

import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import {
  codeToHttpStatus,
  endStreamFlag,
  endStreamFromJson,
  endStreamToJson,
  errorFromJsonBytes,
  errorToJsonBytes,
} from "@connectrpc/connect/protocol-connect";
import { findTrailerError, setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { trailerFlag, trailerParse, trailerSerialize } from "@connectrpc/connect/protocol-grpc-web";
import { compressionGzip } from "@connectrpc/connect-node";
import { reasonOf, toFault } from "../errors/answer.ts";
import { fault } from "../errors/fault.ts";
import { checkJsonSize } from "../errors/message-size.ts";

/**
 * Options that make Connect's protocols as strict as ours: JSON is valid UTF-8 without unknown fields, holds
 * no more than any message may, and goes by proto names in answers; and gzip is the only compression:
 * brotli's decoder cannot be trusted (CVE-2026-111497).
 */
export const strictOptions = {
  jsonOptions: {
    ignoreUnknownFields: false,
    useProtoFieldName: true,
    alwaysEmitImplicit: true,
    textDecoder: { decode: decodeJson },
  },
  acceptCompression: [compressionGzip],
  compressMinBytes: 1_024,
};

/**
 * Wraps one of Connect's handlers, so that whatever it refuses by itself is told in our words: its own
 * quote the input, and blame the server for what the caller got wrong. Errors that `fault` made pass
 * as they are. What is not a call at all is answered in the form of the Connect protocol.
 */
export function conceal(handler: Handler): ConcealedHandler {
  const concealed: Concealed = async (request) => {
    if (!handler.allowedMethods.includes(request.method)) {
      const refusal = refuse(fault("NO_SUCH_METHOD", "this HTTP method is not for what is here: see Allow"));
      refusal.header.set("allow", handler.allowedMethods.join(", "));
      return { ...refusal, status: 404 };
    }
    if (request.method === "GET" && !hasValidMessage(new URL(request.url))) {
      return refuse(fault("INVALID_REQUEST", "the message in the query is not base64"));
    }
    capDeadline(request.header);
    const response = await handler(request);
    const { status, body, header = new Headers(), trailer } = response;
    if (body === undefined) {
      return status === 505
        ? refuse(fault("INVALID_REQUEST", "a stream in both directions needs HTTP/2"))
        : refuse(fault("UNSUPPORTED_CONTENT", "Content-Type must be one of Connect, gRPC or gRPC-Web"));
    }
    const type = header.get("content-type") ?? "";
    const ending = type.startsWith("application/grpc-web")
      ? concealFrame(body, trailerFlag, rewriteTrailer)
      : type.startsWith("application/connect")
        ? concealFrame(body, endStreamFlag, rewriteEndStream)
        : trailer && concealTrailer(body, trailer);
    if (ending !== undefined) return { ...response, body: ending };
    return status === 200 ? response : concealUnary({ ...response, header, body });
  };
  const { requestPath, method } = handler;
  const procedure = { service: method.parent.typeName, method: method.name };
  return Object.assign(concealed, { requestPath, procedure, isStream: method.methodKind !== "unary" });
}

type Handler = ConnectRouter["handlers"][number];
type Concealed = (...request: Parameters<Handler>) => ReturnType<Handler>;
type ConcealedHandler = Concealed &
  Pick<Handler, "requestPath"> & {
    readonly procedure: { readonly service: string; readonly method: string };
    readonly isStream: boolean;
  };
type Response = Awaited<ReturnType<Handler>>;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads JSON twice, which costs a tenth of the message that Connect would make of whatever it holds. */
function decodeJson(bytes: Uint8Array): string {
  const text = utf8.decode(bytes);
  checkJsonSize(JSON.parse(text));
  return text;
}

/**
 * Makes a deadline of more than a day one of a day. Connect starts a timer with whatever is asked for, and
 * one of more than 24 days ends at once.
 */
function capDeadline(header: Headers): void {
  const grpc = /^(\d{1,8})([HMS])$/.exec(header.get("grpc-timeout") ?? "");
  const unitS = { H: 3_600, M: 60, S: 1 }[grpc?.[2] ?? "S"] ?? 1;
  if (grpc !== null && Number(grpc[1]) * unitS > 86_400) header.set("grpc-timeout", "24H");
  const connect = header.get("connect-timeout-ms") ?? "";
  if (/^\d{8,10}$/.test(connect) && Number(connect) > 86_400_000) header.set("connect-timeout-ms", "86400000");
}

/** Connect fails on bad base64 as if that were the server's fault. */
function hasValidMessage({ searchParams }: URL): boolean {
  if (searchParams.get("base64") !== "1") return true;
  try {
    base64Decode(searchParams.get("message") ?? "");
    return true;
  } catch {
    return false;
  }
}

function refuse(error: ConnectError) {
  const bytes = errorToJsonBytes(error, strictOptions.jsonOptions);
  const header = new Headers({ "content-type": "application/json", "content-length": `${bytes.byteLength}` });
  return { status: codeToHttpStatus(error.code), header, body: only(bytes) };
}

/** Returns undefined for an error of ours. */
function replacement(error: ConnectError): ConnectError | undefined {
  if (reasonOf(error) !== undefined) return undefined;
  switch (error.code) {
    case Code.Unimplemented:
      // Whoever gets here asked for a method that exists.
      return fault("UNSUPPORTED_CONTENT", "send one message, as it is or compressed with gzip");
    case Code.Internal:
      return callersFault.test(error.rawMessage)
        ? fault("INVALID_REQUEST", "the message cannot be decoded")
        : toFault(error);
    default:
      return toFault(error);
  }
}

const callersFault = /^(parse binary:|received compressed envelope|decompression failed)/;

async function concealUnary(
  response: Response & { header: Headers; body: AsyncIterable<Uint8Array> },
): Promise<Response> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const sent = Buffer.concat(chunks);
  const bytes = response.header.get("content-encoding") === "gzip" ? await promisify(gunzip)(sent) : sent;
  const error = replacement(errorFromJsonBytes(bytes, undefined, new ConnectError("", Code.Internal)));
  if (error === undefined) return { ...response, body: only(sent) };
  const refusal = refuse(error);
  const header = new Headers(response.header);
  header.delete("content-encoding");
  header.set("content-length", refusal.header.get("content-length")!);
  return { ...refusal, header };
}

async function* concealTrailer(
  body: AsyncIterable<Uint8Array>,
  trailer: Headers,
): AsyncGenerator<Uint8Array, void, void> {
  yield* body;
  concealStatus(trailer);
}

function concealStatus(trailer: Headers): void {
  const error = findTrailerError(trailer);
  const own = error && replacement(error);
  if (own !== undefined) setTrailerStatus(trailer, own);
}

/** Rewrites what ends a stream. Connect gives out a frame at a time. */
async function* concealFrame(
  body: AsyncIterable<Uint8Array>,
  flag: number,
  rewrite: (data: Uint8Array) => Uint8Array,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const frame of body) {
    const flags = frame[0] ?? 0;
    if ((flags & flag) === 0) {
      yield frame;
      continue;
    }
    const sent = frame.subarray(5);
    const data = rewrite((flags & compressed) === 0 ? sent : await promisify(gunzip)(sent));
    const head = Buffer.alloc(5);
    head.writeUInt8(flag);
    head.writeUInt32BE(data.byteLength, 1);
    yield Buffer.concat([head, data]);
  }
}

const compressed = 1;

function rewriteTrailer(data: Uint8Array): Uint8Array {
  const trailer = trailerParse(data);
  concealStatus(trailer);
  return trailerSerialize(trailer);
}

function rewriteEndStream(data: Uint8Array): Uint8Array {
  const { metadata, error } = endStreamFromJson(data);
  const own = error && (replacement(error) ?? error);
  return Buffer.from(JSON.stringify(endStreamToJson(metadata, own, strictOptions.jsonOptions)));
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
