import { fromBinary, type JsonObject, toJson } from "@bufbuild/protobuf";
import { RenderResponseSchema } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Way } from "./compare-kept.ts";
import { openGrpcCalls } from "./grpc-calls.ts";
import { startGrpcClient } from "./grpc-client.ts";
import { startReference } from "./reference.ts";

/** Renders by gRPC. The client takes gzip, as grpc-js does by itself: who compresses pays for it. */
export const grpc: Way<Buffer> = {
  async takeAnswers(url, tokens) {
    const calls = openGrpcCalls(url, tokens);
    try {
      const answers: Buffer[] = [];
      while (answers.length < tokens.length) answers.push(await calls.next());
      return answers;
    } finally {
      calls.close();
    }
  },
  toMessage: (bytes) =>
    toJson(RenderResponseSchema, fromBinary(RenderResponseSchema, bytes), {
      ...{ useProtoFieldName: true, alwaysEmitImplicit: true },
    }) as JsonObject,
  startReference: (answers) => startReference(import.meta.resolve("./grpc-reference.ts"), answers),
  startClient: startGrpcClient,
};
