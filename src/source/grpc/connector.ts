import { create } from "@bufbuild/protobuf";
import { status as codes, Metadata } from "@grpc/grpc-js";
import { type QueryRequest, QueryRequestSchema } from "../../../gen/datajetty/source/v1/source_service_pb.js";
import { bindGrpcParameters } from "../../definition/grpc-request.ts";
import { isOwnHeader } from "../../definition/header-names.ts";
import { type Connector, connectMs, type OpenConnection, type ReadBounds, type ResolveAddress } from "../connector.ts";
import type { GrpcQuestion } from "../connectors.ts";
import { SourceError } from "../source-error.ts";
import { callQuery } from "./call.ts";
import { createGrpcChannels, isConnected, settleChannel } from "./channels.ts";
import { refusePushes } from "./refuse-pushes.ts";
import { createGrpcRows, maxAnswerBytes } from "./rows.ts";
import { type GrpcEnd, toSourceError } from "./status.ts";

/** What a connector to gRPC services works with. */
export type GrpcConnectorOptions = { readonly resolve: ResolveAddress };

/**
 * Creates the connector to services that implement datajetty.source.v1.SourceService. Where a connection has
 * TLS, which is the default, the certificate must be for its host; without TLS a secret is sent as it is,
 * because whoever saved both chose so. It is tested by an empty query: a service that refuses that one was reached.
 */
export function createGrpcConnector({ resolve }: GrpcConnectorOptions): Connector<"grpc", GrpcQuestion> {
  const channels = createGrpcChannels(resolve);
  const allowPushes = refusePushes();

  return {
    async read(connection, { source, binding }, bounds) {
      const rows = createGrpcRows(bounds);
      const request = create(QueryRequestSchema, {
        tenant: connection.tenant,
        query: source.query,
        parameters: bindGrpcParameters(source, binding),
        timezone: bounds.timezone,
        // One more than is shown, so that a service that heeds it shows that there are more.
        maxRows: bounds.maxRows + 1,
        maxBytes: BigInt(maxAnswerBytes),
      });
      const end = await call(connection, request, bounds, rows.take);
      if (!isAnswer(end)) throw toSourceError(end);
      return rows.toFrame();
    },
    async probe(connection, bounds) {
      const request = create(QueryRequestSchema, { tenant: connection.tenant, timezone: "UTC", maxRows: 1 });
      const end = await call(connection, request, bounds, () => false);
      if (end.foreign || !reached.has(end.code)) throw toSourceError(end);
    },
    async close() {
      channels.close();
      allowPushes();
    },
  };

  async function call(
    connection: OpenConnection<"grpc">,
    request: QueryRequest,
    { timeoutMs, signal }: Pick<ReadBounds, "timeoutMs" | "signal">,
    take: (message: Buffer) => boolean,
  ): Promise<GrpcEnd> {
    const deadlineMs = Date.now() + timeoutMs;
    const [client, metadata] = await Promise.all([channels.open(connection), toMetadata(connection)]);
    try {
      await settleChannel(client, Math.min(connectMs, deadlineMs - Date.now()));
    } catch (error) {
      channels.drop(client, true);
      throw error;
    }
    let sound = false;
    try {
      const end = await callQuery({ client, request, metadata, deadlineMs, signal, take });
      sound = isConnected(client) && (isAnswer(end) || toSourceError(end).failure === "source_failed");
      return end;
    } finally {
      // What another connection may mend: the next read starts from the name.
      if (!sound) channels.drop(client, false);
    }
  }
}

function isAnswer({ code, foreign }: GrpcEnd): boolean {
  return code === codes.OK && !foreign;
}

/** What a service answers that was reached, but does not know what an empty query asks for. */
const reached: ReadonlySet<number> = new Set([
  codes.OK,
  codes.INVALID_ARGUMENT,
  codes.NOT_FOUND,
  codes.FAILED_PRECONDITION,
  codes.OUT_OF_RANGE,
]);

async function toMetadata({ secret }: OpenConnection<"grpc">): Promise<Metadata> {
  const { bearerToken, headers } = await secret();
  if (!Object.keys(headers).every(isOwnHeader)) throw unsendable();
  const metadata = new Metadata();
  try {
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    if (bearerToken !== "") metadata.set("authorization", `Bearer ${bearerToken}`);
  } catch {
    throw unsendable();
  }
  return metadata;
}

function unsendable(): SourceError {
  return new SourceError("source_failed", "a header of the connection cannot be sent");
}
