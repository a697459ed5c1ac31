import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { DashboardsService, RenderRequestSchema } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { dashboardId } from "./tenants.ts";

/** The path of the method by which dashboards are rendered. */
export const renderMethod = `/${DashboardsService.typeName}/${DashboardsService.method.render.name}`;

/** Calls it on one connection of grpc-js, each time with the next of the tokens; answers are messages' bytes. */
export type GrpcCalls = { next(): Promise<Buffer>; close(): void };

/** Opens the connection, which is not shared with other clients of this process. */
export function openGrpcCalls(url: string, tokens: readonly string[]): GrpcCalls {
  const client = new Client(new URL(url).host, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const request = Buffer.from(toBinary(RenderRequestSchema, create(RenderRequestSchema, { dashboardId })));
  const callers = tokens.map((token) => {
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${token}`);
    return metadata;
  });
  let at = 0;
  return {
    next() {
      const metadata = callers[at]!;
      at = (at + 1) % callers.length;
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      client.makeUnaryRequest(renderMethod, same, same, request, metadata, (error: ServiceError | null, bytes) => {
        if (error === null) resolve(bytes!);
        else reject(error);
      });
      return promise;
    },
    close: () => client.close(),
  };
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
