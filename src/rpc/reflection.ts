import { createRegistry, type DescFile, type DescService, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { ServerReflection, type ServerReflectionRequest } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import {
  type ServerReflectionRequest as ServerReflectionRequestV1Alpha,
  ServerReflection as ServerReflectionV1Alpha,
} from "../../gen/grpc/reflection/v1alpha/reflection_pb.js";
import { fault } from "../errors/fault.ts";

/** Requests of one stream: a tool asks for each service and for little else. */
const maxRequests = 100;

/**
 * Adds gRPC server reflection, v1 and v1alpha (https://grpc.io/docs/guides/reflection/), so that tools
 * such as `buf curl` can call the services without their proto files. It tells what the published
 * contract says and nothing else, so that it is open to everybody. A stream takes 100 requests.
 */
export function addReflection(router: ConnectRouter, services: readonly DescService[]): void {
  const described = [...services, ServerReflection, ServerReflectionV1Alpha];
  // When it is first asked for, because few services are ever asked, and it would take a start longer.
  let answer: ReturnType<typeof createAnswer> | undefined;
  const open = { requestGate: () => {}, interceptors: [], readMaxBytes: 16 * 1024 };
  router.service(ServerReflection, { serverReflectionInfo }, open);
  router.service(ServerReflectionV1Alpha, { serverReflectionInfo }, open);

  /** The versions differ in their names only. */
  async function* serverReflectionInfo<R extends Request>(requests: AsyncIterable<R>) {
    let count = 0;
    for await (const request of requests) {
      count += 1;
      if (count > maxRequests) throw fault("RATE_LIMITED", `a stream takes ${maxRequests} requests: open another`);
      answer ??= createAnswer(described);
      yield { validHost: request.host, originalRequest: request, messageResponse: answer(request) };
    }
  }
}

type Request = ServerReflectionRequest | ServerReflectionRequestV1Alpha;

type Answer =
  | { case: "fileDescriptorResponse"; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: "allExtensionNumbersResponse"; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: "listServicesResponse"; value: { service: { name: string }[] } }
  | { case: "errorResponse"; value: { errorCode: Code; errorMessage: string } };

function createAnswer(services: readonly DescService[]) {
  const files = new Map<string, DescFile>();
  for (const { file } of services) collect(file, files);
  const registry = createRegistry(...files.values());
  const answers = new Map([...files.values()].map((file) => [file, fileAnswer(file)]));
  const answerOf = (file: DescFile | undefined) =>
    (file && answers.get(file)) ?? errorAnswer(Code.NotFound, "no such file or symbol");

  return ({ messageRequest }: Request): Answer => {
    switch (messageRequest.case) {
      case "listServices": {
        const service = services.map(({ typeName }) => ({ name: typeName }));
        return { case: "listServicesResponse", value: { service } };
      }
      case "fileByFilename":
        return answerOf(files.get(messageRequest.value));
      case "fileContainingSymbol":
        return answerOf(fileOfSymbol(messageRequest.value));
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = messageRequest.value;
        const extendee = registry.getMessage(containingType);
        return answerOf(extendee && registry.getExtensionFor(extendee, extensionNumber)?.file);
      }
      case "allExtensionNumbersOfType": {
        const baseTypeName = messageRequest.value;
        const extensionNumber = [...registry]
          .filter((type) => type.kind === "extension")
          .filter((extension) => extension.extendee.typeName === baseTypeName)
          .map((extension) => extension.number);
        if (registry.getMessage(baseTypeName) === undefined) return errorAnswer(Code.NotFound, "no such type");
        return { case: "allExtensionNumbersResponse", value: { baseTypeName, extensionNumber } };
      }
      default:
        return errorAnswer(Code.InvalidArgument, "the request asks for nothing");
    }
  };

  /** A symbol is a type, or a part of one: a method, a field, a value. */
  function fileOfSymbol(symbol: string): DescFile | undefined {
    const whole = symbol.slice(0, Math.max(0, symbol.lastIndexOf(".")));
    return (registry.get(symbol) ?? registry.get(whole))?.file;
  }
}

function collect(file: DescFile, files: Map<string, DescFile>): void {
  if (files.has(file.proto.name)) return;
  files.set(file.proto.name, file);
  for (const dependency of file.dependencies) collect(dependency, files);
}

/** Answers a file with all that it imports, which saves the client from asking for each. */
function fileAnswer(file: DescFile): Answer {
  const files = new Map<string, DescFile>();
  collect(file, files);
  const fileDescriptorProto = [...files.values()].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function errorAnswer(errorCode: Code, errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode, errorMessage } };
}
