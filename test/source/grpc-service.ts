import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerWritableStream } from "@grpc/grpc-js";
import { ConnectionSecretSchema, GrpcConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { GrpcSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import {
  type QueryRequest,
  QueryRequestSchema,
  QueryResponseSchema,
} from "../../gen/datajetty/source/v1/source_service_pb.js";
import { createBinding } from "../../src/definition/filter-value.ts";
import type { OpenConnection, ReadBounds } from "../../src/source/connector.ts";
import type { GrpcQuestion } from "../../src/source/connectors.ts";
import { createGrpcConnector } from "../../src/source/grpc/connector.ts";

/** A call of Query, whose answers are bytes, so that they may be anything. */
export type RawCall = ServerWritableStream<QueryRequest, Uint8Array>;

/** Starts a service on the loopback that answers as `answer` does. */
export async function startService(
  answer: (call: RawCall) => void,
  { path, credentials = ServerCredentials.createInsecure() }: { path?: string; credentials?: ServerCredentials } = {},
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = new Server();
  const query = {
    path: "/datajetty.source.v1.SourceService/Query",
    requestStream: false,
    responseStream: true,
    requestSerialize: (request: QueryRequest) => Buffer.from(toBinary(QueryRequestSchema, request)),
    requestDeserialize: (bytes: Buffer) => fromBinary(QueryRequestSchema, bytes),
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  server.addService({ query }, { query: answer });
  const port = await new Promise<number>((resolve, reject) => {
    const address = path === undefined ? "127.0.0.1:0" : `unix:${path}`;
    server.bindAsync(address, credentials, (error, at) => (error ? reject(error) : resolve(at)));
  });
  return { port, close: () => server.forceShutdown() };
}

/** Writes a response. */
export function response(init: MessageInitShape<typeof QueryResponseSchema>): Uint8Array {
  return toBinary(QueryResponseSchema, create(QueryResponseSchema, init));
}

/** A response of that many rows, which are the whole numbers from `from` on. */
export function numbered(rows: number, from = 0): Uint8Array {
  const values = Array.from({ length: rows }, (_, at) => BigInt(from + at));
  return response({ rows, columns: [{ name: "n", values: { case: "integers", value: { values } } }] });
}

/** Creates a connector to whose eyes every host is the loopback. */
export function createTestConnector() {
  return createGrpcConnector({ resolve: async (_, port) => ({ host: "127.0.0.1", port }) });
}

/** A connection to a port of the loopback, without TLS unless something else is said. */
export function connectionTo(
  port: number,
  {
    tenant = "acme",
    name = "service",
    revision = 1,
    secret = {},
    ...init
  }: MessageInitShape<typeof GrpcConnectionSchema> & {
    tenant?: string;
    name?: string;
    revision?: number;
    secret?: MessageInitShape<typeof ConnectionSecretSchema>;
  } = {},
): OpenConnection<"grpc"> {
  const value = create(GrpcConnectionSchema, { host: "service.test", port, tls: "off", ...init });
  return {
    tenant,
    name,
    revision,
    kind: { case: "grpc", value },
    secret: async () => create(ConnectionSecretSchema, secret),
  };
}

/** A question without parameters, unless some are given. */
export function ask(init: MessageInitShape<typeof GrpcSourceSchema> = {}, binding = createBinding([])): GrpcQuestion {
  return { source: create(GrpcSourceSchema, { connection: "service", query: "all", ...init }), binding };
}

/** Bounds that a test does not meet, unless it says so. */
export function bounds(some: Partial<ReadBounds> = {}): ReadBounds {
  const { signal } = new AbortController();
  return { timezone: "Europe/Berlin", maxRows: 10_000, maxBytes: 4_000_000, timeoutMs: 5_000, signal, ...some };
}
