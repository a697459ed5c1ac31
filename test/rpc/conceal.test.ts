import { gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { DashboardsService, RenderRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { BadRequestSchema, ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { ServerReflection } from "../../gen/grpc/reflection/v1/reflection_pb.js";
import { fault } from "../../src/errors/fault.ts";
import { addReflection } from "../../src/rpc/reflection.ts";
import { suite } from "../harness.ts";
import { requestHttp2 } from "../http/http2.ts";
import { rpcBase, startListener } from "../http/start.ts";

const test = suite("concealing connect's errors");

const { port, origin, listener } = await startListener(
  {
    render: ({ theme, dashboardId }) => {
      if (theme === "broken") throw new Error("SECRET");
      if (theme === "wrong") {
        const details = Array.from({ length: 10_000 }, (_, index) => ({
          field: `layout.panels[${index}].kind`,
          description: "exactly one field is required in oneof",
        }));
        throw fault("INVALID_REQUEST", "see details", { details });
      }
      if (theme === "gone") {
        throw fault("NOT_FOUND", "no dashboard of this id is here", {
          details: [{ field: "dashboard_id", description: "x".repeat(3_000) }],
        });
      }
      return { html: dashboardId.repeat(2_000) };
    },
  },
  { more: (router) => addReflection(router, [DashboardsService]) },
);
test.after(() => listener.close(0));

const message = (fields: { dashboardId?: string; theme?: string }) =>
  Buffer.from(toBinary(RenderRequestSchema, create(RenderRequestSchema, fields)));

function frame(data: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(data.length, 1);
  return Buffer.concat([head, data]);
}

/** Calls Render and returns the status of the call, wherever the protocol has it. */
async function call(type: string, body: Buffer | string, headers: Record<string, string> = {}) {
  const path = `${rpcBase}/Render`;
  const answer = await requestHttp2(port, { ":method": "POST", ":path": path, "content-type": type, ...headers }, body);
  if (!type.startsWith("application/grpc")) {
    const { code, message, details } = answer.status === 200 ? {} : JSON.parse(answer.text);
    return { code: code as string | undefined, status: answer.status, message, details, all: answer.text };
  }
  const trailers = type.startsWith("application/grpc-web")
    ? Object.fromEntries(
        answer.text
          .slice(answer.text.indexOf("grpc-"))
          .trim()
          .split("\r\n")
          .map((line) => line.split(": ")),
      )
    : answer.trailers;
  const all = JSON.stringify(trailers);
  return {
    code: trailers["grpc-status"] as string,
    status: answer.status,
    message: decodeURIComponent(trailers["grpc-message"] ?? ""),
    all,
  };
}
const json = "application/json";

/** What Connect refuses by itself in JSON. `SECRET` stands for the input that it would quote. */
const tooLarge = "the request is too large";

const jsonCases: [name: string, body: Buffer | string, message: string, headers?: Record<string, string>][] = [
  ["JSON that is none", '{"SECRET', "the request is malformed"],
  ["an unknown field", '{"SECRET":1}', "the request is malformed"],
  [
    "a long unknown field, compressed",
    `{"SECRET${"x".repeat(900)}":1}`,
    "the request is malformed",
    { "accept-encoding": "gzip" },
  ],
  ["a misfit", '{"version":"SECRET"}', "the request is malformed"],
  ["a repeated key", '{"dashboard_id":"a","dashboard_id":"SECRET"}', "the request is malformed"],
  [
    "JSON of 33 levels",
    `{"filters":{"SECRET":${"[".repeat(31)}${"]".repeat(31)}}}`,
    "the request has more than 32 levels, which is more than any method takes",
  ],
  ["UTF-8 that is none", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "the request is malformed"],
  ["too much", `{"theme":"${"x".repeat(1_100)}"}`, tooLarge],
  ["a bomb", gzipSync(`{"theme":"${"x".repeat(100_000)}"}`), tooLarge, { "content-encoding": "gzip" }],
  ["gzip that is none", "{}", "the request is malformed", { "content-encoding": "gzip" }],
  ["gzip cut short", gzipSync("{}").subarray(0, 12), "the message cannot be decoded", { "content-encoding": "gzip" }],
  ["brotli", "{}", "send one message, as it is or compressed with gzip", { "content-encoding": "br" }],
  ["a deadline that is none", "{}", "the request is malformed", { "connect-timeout-ms": "SECRET" }],
];

for (const [name, body, text, headers] of jsonCases) {
  test(`Connect: ${name} is refused in our words`, async () => {
    const { status, code, message, all } = await call(json, body, headers);
    const wanted = text === tooLarge ? [429, "resource_exhausted"] : [400, "invalid_argument"];
    assert.equal([status, code, message], [...wanted, text]);
    assert.not.match(all, /SECRET|xxx/);
  });
}

const frameCases: [name: string, body: Buffer, message: string, headers?: Record<string, string>][] = [
  ["binary that is none", frame(Buffer.from("ffffff", "hex")), "the message cannot be decoded"],
  ["UTF-8 that is none", frame(Buffer.from("0a02fffe", "hex")), "the message cannot be decoded"],
  ["reserved flags", frame(Buffer.from("x"), 0x7e), "the message cannot be decoded"],
  ["a frame cut short", frame(Buffer.from("xx")).subarray(0, 6), "the request is malformed"],
  ["a frame of 4 GiB", Buffer.from("00ffffffff", "hex"), tooLarge],
  ["too much", frame(message({ theme: "x".repeat(1_100) })), tooLarge],
  ["no message", Buffer.alloc(0), "send one message, as it is or compressed with gzip"],
  [
    "two messages",
    Buffer.concat([frame(message({})), frame(message({}))]),
    "send one message, as it is or compressed with gzip",
  ],
  ["compression that is not announced", frame(gzipSync(message({})), 1), "the message cannot be decoded"],
  ["a bomb", frame(gzipSync(message({ theme: "x".repeat(100_000) })), 1), tooLarge, { "grpc-encoding": "gzip" }],
  ["brotli", frame(message({})), "send one message, as it is or compressed with gzip", { "grpc-encoding": "br" }],
  ["a deadline that is none", frame(message({})), "the request is malformed", { "grpc-timeout": "SECRET" }],
];

for (const type of ["application/grpc", "application/grpc-web+proto"]) {
  for (const [name, body, text, headers] of frameCases) {
    test(`${type}: ${name} is refused in our words`, async () => {
      const { status, code, message, all } = await call(type, body, headers);
      const wanted = text === tooLarge ? Code.ResourceExhausted : Code.InvalidArgument;
      assert.equal([status, code, message], [200, `${wanted}`, text]);
      assert.not.match(all, /SECRET/);
    });
  }

  test(`${type}: a deadline that is ages away is one that can be kept`, async () => {
    for (const timeout of ["99999999H", "99999999M", "99999999S", "99999999m"]) {
      assert.is((await call(type, frame(message({})), { "grpc-timeout": timeout })).code, "0");
    }
  });
}

test("Connect: a deadline that is ages away is one that can be kept", async () => {
  assert.is((await call(json, "{}", { "connect-timeout-ms": "9999999999" })).status, 200);
});

test("Connect: a message of binary that is none is refused in our words", async () => {
  const { status, message } = await call("application/proto", Buffer.from("ffffff", "hex"));
  assert.equal([status, message], [400, "the message cannot be decoded"]);
});

test("Connect: what is not a call is answered in its form", async () => {
  const text = await call("text/plain", "{}");
  assert.equal([text.status, text.code], [400, "invalid_argument"]);
  for (const [method, path, status] of [
    ["PUT", "Render", 404],
    ["GET", "Share?message=%7B%7D&encoding=json&connect=v1", 404],
    ["GET", "Render?message=!!&base64=1&encoding=json&connect=v1", 400],
    ["GET", "Render?message=%7B&encoding=json&connect=v1", 400],
    ["GET", "Render?message=%7B%7D&encoding=xml&connect=v1", 400],
    ["GET", "Render?message=%7B%7D&encoding=json&connect=v1&compression=br", 400],
    ["GET", "Render?message=%7B%7D&encoding=json&connect=v1", 200],
  ] as const) {
    const answer = await fetch(`${origin}${rpcBase}/${path}`, { method });
    assert.is(answer.status, status, `${method} ${path}`);
    assert.is(answer.headers.get("content-type"), json);
    await answer.text();
  }
  const bidi = await fetch(`${origin}/${ServerReflection.typeName}/ServerReflectionInfo`, {
    method: "POST",
    headers: { "content-type": "application/connect+json" },
  });
  assert.is(bidi.status, 400);
  assert.match(((await bidi.json()) as { message: string }).message, /needs HTTP\/2/);
});

test("Connect: what ends a stream is in our words", async () => {
  const { text } = await requestHttp2(
    port,
    {
      ":method": "POST",
      ":path": `/${ServerReflection.typeName}/ServerReflectionInfo`,
      "content-type": "application/connect+json",
    },
    frame(Buffer.from('{"SECRET":1}')),
  );
  assert.match(text, /"code":"invalid_argument","message":"the request is malformed"/);
  assert.not.match(text, /SECRET/);
});

test("gRPC: problems fit the 8 KiB of trailers that every client takes", async () => {
  const { code, all } = await call("application/grpc", frame(message({ theme: "wrong" })));
  assert.is(code, "3");
  assert.ok(all.length < 8_192 - 1_024, `${all.length}`);
});

const transports: [name: string, transport: Transport][] = [
  ["Connect", createConnectTransport({ baseUrl: origin, httpVersion: "1.1" })],
  ["gRPC", createGrpcTransport({ baseUrl: origin })],
  ["gRPC-Web", createGrpcWebTransport({ baseUrl: origin, httpVersion: "1.1" })],
];

const unexpected = new ConnectError("the call succeeded");

for (const [name, transport] of transports) {
  const { render } = createClient(DashboardsService, transport);

  test(`${name}: an answer passes, compressed or not`, async () => {
    assert.is((await render({ dashboardId: "a" })).html, "a".repeat(2_000));
  });

  test(`${name}: an error of ours passes with its details`, async () => {
    const error = await render({ theme: "gone" }).then(
      () => unexpected,
      (reason: unknown) => ConnectError.from(reason),
    );
    assert.is(error.code, Code.NotFound);
    assert.is(error.rawMessage, "no dashboard of this id is here");
    assert.is(error.findDetails(ErrorInfoSchema)[0]?.reason, "NOT_FOUND");
  });

  test(`${name}: ten thousand problems are told of as fifty`, async () => {
    const error = await render({ theme: "wrong" }).then(
      () => unexpected,
      (reason: unknown) => ConnectError.from(reason),
    );
    assert.is(error.code, Code.InvalidArgument);
    const { fieldViolations } = error.findDetails(BadRequestSchema)[0]!;
    assert.is(fieldViolations.length, 50);
    assert.match(fieldViolations.at(-1)!.description, /there are more/);
  });

  test(`${name}: any other error is internal, and has a reason`, async () => {
    const error = await render({ theme: "broken" }).then(
      () => unexpected,
      (reason: unknown) => ConnectError.from(reason),
    );
    assert.is(error.code, Code.Internal);
    assert.is(error.rawMessage, "something went wrong on our side");
    assert.is(error.findDetails(ErrorInfoSchema)[0]?.reason, "INTERNAL");
  });
}

test.run();
