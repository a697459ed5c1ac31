import { once } from "node:events";
import { type DescMessage, fromBinary, type Message, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import {
  type QueryRequest,
  QueryRequestSchema,
  type QueryResponse,
  QueryResponseSchema,
  SourceService,
} from "../gen/datajetty/source/v1/source_service_pb.js";
import { answerStrikes, QueryRefused } from "./bird-strike-answers.ts";
import { readBirdStrikes } from "./bird-strikes.ts";
import type { RunningSource } from "./running-source.ts";

/**
 * Starts a gRPC service that knows of planes that hit birds, an example of a datajetty.source.v1.SourceService
 * to copy. `answerStrikes` makes the answers; this file sends them no faster than they are read, and stops when
 * nobody wants them any more. One that holds data of tenants would also speak TLS (`ServerCredentials.createSsl`),
 * check who calls (the bearer token of the connection's secret is in `call.metadata`), and answer the request's
 * tenant alone. Port 0 takes a free one.
 */
export async function startGrpcSource({ host, port }: { host: string; port: number }): Promise<RunningSource> {
  const strikes = await readBirdStrikes();
  const server = new Server();
  server.addService({ query }, {
    query: (call: QueryCall) => send(call, (request) => answerStrikes(strikes, request)),
  } satisfies UntypedServiceImplementation);
  const bound = await new Promise<number>((resolve, reject) => {
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, at) => (error ? reject(error) : resolve(at)));
  });
  return { port: bound, close: async () => server.forceShutdown() };
}

type QueryCall = ServerWritableStream<QueryRequest, QueryResponse>;

/** The method as grpc-js wants it, made of what protobuf-es generates. */
const query: MethodDefinition<QueryRequest, QueryResponse> = {
  path: `/${SourceService.typeName}/${SourceService.method.query.name}`,
  requestStream: false,
  responseStream: true,
  requestSerialize: toBytes(QueryRequestSchema),
  requestDeserialize: (bytes) => fromBinary(QueryRequestSchema, bytes),
  responseSerialize: toBytes(QueryResponseSchema),
  responseDeserialize: (bytes) => fromBinary(QueryResponseSchema, bytes),
};

function toBytes<Desc extends DescMessage>(schema: Desc): (message: MessageShape<Desc> & Message) => Buffer {
  return (message) => Buffer.from(toBinary(schema, message));
}

/** Sends the responses one after the other. What goes wrong becomes the call's status. */
async function send(call: QueryCall, answer: (request: QueryRequest) => Iterable<QueryResponse>): Promise<void> {
  const gone = new AbortController();
  call.on("cancelled", () => gone.abort());
  try {
    for (const response of answer(call.request)) {
      // False where the reader is behind: what is written before it has caught up would only fill our memory.
      if (!call.write(response)) await once(call, "drain", { signal: gone.signal });
      if (call.cancelled) return;
    }
    call.end();
  } catch (error) {
    if (call.cancelled) return;
    // A service of your own would log what is not its caller's mistake: to the caller it is the code alone.
    const code = error instanceof QueryRefused ? status.INVALID_ARGUMENT : status.INTERNAL;
    call.emit("error", { code, details: error instanceof QueryRefused ? error.message : "" });
  }
}
