import { create, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  Code,
  ConnectError,
  type ConnectRouter,
  createClient,
  createRouterTransport,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ServerReflection, ServerReflectionRequestSchema } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.js";
import { fault } from "../../src/errors/fault.ts";
import { addReflection } from "../../src/rpc/reflection.ts";
import { suite } from "../harness.ts";

const test = suite("reflection");

const transport = createRouterTransport((router) => addReflection(router, [DashboardsService]));

for (const [version, service] of [
  ["v1", ServerReflection],
  ["v1alpha", ServerReflectionV1Alpha],
] as const) {
  type Ask = {
    case: "listServices" | "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType";
    value: string;
  };
  type AskExtension = { case: "fileContainingExtension"; value: { containingType: string; extensionNumber: number } };

  const ask = async (...asked: (Ask | AskExtension)[]) => {
    const requests = (async function* () {
      for (const messageRequest of asked) yield { host: "h", messageRequest };
    })();
    const answers = [];
    for await (const answer of createClient(service, transport).serverReflectionInfo(requests)) answers.push(answer);
    return answers;
  };

  const filesOf = async (asked: Ask | AskExtension) => {
    const [answer] = await ask(asked);
    assert.is(answer?.messageResponse.case, "fileDescriptorResponse");
    const { fileDescriptorProto } = answer!.messageResponse.value as { fileDescriptorProto: Uint8Array[] };
    return fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  };

  test(`${version} lists the services`, async () => {
    const [answer] = await ask({ case: "listServices", value: "" });
    assert.is(answer?.validHost, "h");
    assert.is(answer?.originalRequest?.messageRequest.case, "listServices");
    const { service } = answer!.messageResponse.value as { service: { name: string }[] };
    assert.equal(
      service.map(({ name }) => name),
      [DashboardsService.typeName, ServerReflection.typeName, ServerReflectionV1Alpha.typeName],
    );
  });

  test(`${version} finds the file of a symbol, with all that it imports`, async () => {
    for (const symbol of [
      DashboardsService.typeName,
      `${DashboardsService.typeName}.Render`,
      "datajetty.dashboards.v1.RenderRequest",
      "datajetty.dashboards.v1.RenderRequest.filters",
    ]) {
      const files = await filesOf({ case: "fileContainingSymbol", value: symbol });
      assert.is(files[0]?.name, "datajetty/dashboards/v1/dashboards_service.proto");
      const names = new Set(files.map(({ name }) => name));
      for (const { dependency } of files) for (const name of dependency) assert.ok(names.has(name), name);
    }
  });

  test(`${version} finds files by name and extensions by number, options and all`, async () => {
    const [file] = await filesOf({ case: "fileByFilename", value: "datajetty/dashboards/v1/dashboards_service.proto" });
    assert.ok(file?.service[0]?.method[0]?.options?.$unknown?.some(({ no }) => no === 72295728));
    const containingType = "google.protobuf.MethodOptions";
    const [http] = await filesOf({
      case: "fileContainingExtension",
      value: { containingType, extensionNumber: 72295728 },
    });
    assert.is(http?.name, "google/api/annotations.proto");
    const [numbers] = await ask({ case: "allExtensionNumbersOfType", value: containingType });
    assert.equal(numbers?.messageResponse.value, {
      $typeName: `grpc.reflection.${version}.ExtensionNumberResponse`,
      baseTypeName: containingType,
      extensionNumber: [72295728],
    });
  });

  test(`${version} says what it does not know, and goes on`, async () => {
    const answers = await ask(
      { case: "fileContainingSymbol", value: "SECRET.Thing" },
      { case: "fileByFilename", value: "SECRET" },
      { case: "allExtensionNumbersOfType", value: "SECRET" },
      { case: "fileContainingExtension", value: { containingType: "SECRET", extensionNumber: 1 } },
    );
    assert.is(answers.length, 4);
    for (const { messageResponse } of answers) {
      assert.is(messageResponse.case, "errorResponse");
      const { errorCode, errorMessage } = messageResponse.value as { errorCode: number; errorMessage: string };
      assert.is(errorCode, 5);
      assert.not.match(errorMessage, /SECRET/);
    }
  });
}

test("a stream takes a hundred requests", async () => {
  const requests = (async function* () {
    for (let index = 0; index < 150; index += 1) yield { messageRequest: { case: "listServices", value: "" } as const };
  })();
  let answers = 0;
  try {
    for await (const _ of createClient(ServerReflection, transport).serverReflectionInfo(requests)) answers += 1;
    assert.unreachable();
  } catch (error) {
    assert.is(ConnectError.from(error).code, Code.ResourceExhausted);
  }
  assert.is(answers, 100);
});

test("a file is written once, however often it is asked for", async () => {
  type Reflection = ServiceImpl<typeof ServerReflection>;
  const added: Reflection[] = [];
  const router = { service: (_: unknown, reflection: Reflection) => added.push(reflection) };
  addReflection(router as unknown as ConnectRouter, [DashboardsService]);
  const value = "datajetty/dashboards/v1/dashboards_service.proto";
  const request = create(ServerReflectionRequestSchema, { messageRequest: { case: "fileByFilename", value } });
  const requests = (async function* () {
    yield request;
    yield request;
  })();
  const answers = await Array.fromAsync(added[0]!.serverReflectionInfo(requests, {} as HandlerContext));
  const [one, two] = answers.map(({ messageResponse }) => messageResponse);
  assert.is(one?.case, "fileDescriptorResponse");
  assert.is(one, two);
});

test("reflection is open: the router's gate is not asked", async () => {
  const requestGate = () => {
    throw fault("UNAUTHENTICATED", "send a token");
  };
  const guarded = createRouterTransport((router) => addReflection(router, [DashboardsService]), {
    router: { requestGate },
  });
  const requests = (async function* () {
    yield { messageRequest: { case: "listServices", value: "" } as const };
  })();
  let answers = 0;
  for await (const _ of createClient(ServerReflection, guarded).serverReflectionInfo(requests)) answers += 1;
  assert.is(answers, 1);
});

test.run();
