import { toBinary } from "@bufbuild/protobuf";
import { type Client, type ClientReadableStream, status as codes, type Metadata } from "@grpc/grpc-js";
import { type QueryRequest, QueryRequestSchema } from "../../../gen/datajetty/source/v1/source_service_pb.js";
import { noAnswer } from "../in-time.ts";
import { SourceError } from "../source-error.ts";
import { type GrpcEnd, undecompressed } from "./status.ts";

/** One call of SourceService.Query. */
export type GrpcCall = {
  readonly client: Client;
  readonly request: QueryRequest;
  readonly metadata: Metadata;
  /** By when it ends, in epoch milliseconds. The service is told, and it ends then also if that does not care. */
  readonly deadlineMs: number;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** Takes each message's bytes as they arrive. The call is cancelled when it returns false, or throws. */
  readonly take: (message: Buffer) => boolean;
};

/**
 * Calls. Resolves with how the call ended, and with OK where `take` wanted no more; rejects with what `take`
 * threw, and with SourceError when the signal is aborted. A message is taken before the next one is read, so
 * that a service can be no further ahead than the window of HTTP/2.
 */
export function callQuery({ client, request, metadata, deadlineMs, signal, take }: GrpcCall): Promise<GrpcEnd> {
  return new Promise<GrpcEnd>((resolve, reject) => {
    if (signal.aborted) return reject(noAnswer());
    const call = start({ client, request, metadata, deadlineMs });
    const onAbort = () => stop(() => reject(noAnswer()));
    signal.addEventListener("abort", onAbort, { once: true });
    let foreign = false;
    let end: GrpcEnd | undefined;
    let settled = false;

    call.on("metadata", (head) => {
      foreign = !String(head.get("content-type")[0]).startsWith("application/grpc");
    });
    call.on("data", (message) => {
      if (settled) return;
      if (foreign) return stop(() => resolve({ code: codes.UNKNOWN, details: "", foreign }));
      try {
        if (!take(message)) stop(() => resolve({ code: codes.OK, details: "", foreign: false }));
      } catch (error) {
        stop(() => reject(error));
      }
    });
    call.on("status", (given) => {
      end = toEnd(given, foreign);
      if (end.code !== codes.OK) settle(() => resolve(end!));
    });
    // Not before the last message was taken.
    call.on("end", () => settle(() => resolve(end ?? toEnd({}, foreign))));
    // The status says the same.
    call.on("error", () => {});

    function stop(then: () => void): void {
      settle(then);
      call.cancel();
    }
    function settle(then: () => void): void {
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", onAbort);
      then();
    }
  });
}

const path = "/datajetty.source.v1.SourceService/Query";

function start(call: Pick<GrpcCall, "client" | "request" | "metadata" | "deadlineMs">): ClientReadableStream<Buffer> {
  const { client, request, metadata, deadlineMs } = call;
  const toBytes = (message: QueryRequest) => Buffer.from(toBinary(QueryRequestSchema, message));
  try {
    // Messages stay bytes until they are counted.
    return client.makeServerStreamRequest(path, toBytes, (bytes) => bytes, request, metadata, {
      deadline: deadlineMs,
    });
  } catch {
    // Another read found that the channel is dead.
    throw new SourceError("source_unavailable", "the connection was closed");
  }
}

/** Where a message says that it is compressed and is not as said, grpc-js gives an error without a code. */
function toEnd({ code, details }: Partial<GrpcEnd>, foreign: boolean): GrpcEnd {
  return { code: code ?? codes.INTERNAL, details: details ?? undecompressed, foreign };
}
