import { connect as connectSocket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import {
  Code,
  ConnectError,
  createContextValues,
  createMethodImplSpec,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import * as assert from "uvu/assert";
import {
  DashboardsService,
  type RenderRequest,
  RenderResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type ConnectOptions, createConnectCall, isPlainConnect } from "../../src/connect/connect-call.ts";
import { fault } from "../../src/errors/fault.ts";
import { strictOptions } from "../../src/rpc/conceal.ts";
import { createRenderBytes } from "../../src/rpc/render-bytes.ts";
import type { KeptMessage, UnarySpec } from "../../src/unary/unary-call.ts";
import { suite } from "../harness.ts";
import { rpcBase } from "../http/start.ts";
import { binary, cases, json, toSent } from "./cases.ts";
import { type Got, sendHttp1, sendHttp2, startSide, unzipped } from "./sides.ts";

const test = suite("calls of Connect's protocol");

const keptMessages = new WeakMap<Message, KeptMessage>();
const toKept = createRenderBytes();
const seen: string[] = [];

const dashboards = {
  async render({ dashboardId, locale }: RenderRequest, context: HandlerContext) {
    if (locale !== "") seen.push(locale);
    switch (dashboardId) {
      case "large":
        return { html: "<p>é</p>".repeat(500) };
      case "kept":
        return keep("<p>kept</p>".repeat(500));
      // Its HTML is not worth compressing by itself, and the whole is.
      case "kept-small":
        return keep("<p>small</p>".repeat(80));
      case "headers":
        context.responseHeader.set("x-own", "a");
        context.responseHeader.append("x-own", "b");
        context.responseTrailer.set("x-end", "c");
        return { html: "" };
      case "echo": {
        const { protocolName, requestMethod, url, method, service, requestHeader, signal } = context;
        const told = [protocolName, requestMethod, url, method.name, service.typeName, requestHeader.get("x-sent")];
        return { html: [...told, signal.aborted].join(" ") };
      }
      case "gone":
        throw fault("NOT_FOUND", "no dashboard of this id is here");
      case "wordy": {
        const details = Array.from({ length: 30 }, (_, at) => ({ field: `panels[${at}]`, description: "is wrong" }));
        throw fault("INVALID_REQUEST", "see details", { details });
      }
      case "with-metadata": {
        const error = fault("STALE_VERSION", "it is another one by now");
        error.metadata.set("x-why", "d");
        error.metadata.set("content-type", "text/html");
        context.responseTrailer.set("x-end", "e");
        throw error;
      }
      case "foreign":
        throw new ConnectError("SECRET", Code.Unimplemented);
      case "broken":
        throw new Error("SECRET");
      case "slow":
        await sleep(5_000, undefined, { signal: context.signal }).catch(() => {});
        return { html: "late" };
      case "patient":
        // As long as it takes to see whether the signal has a timer of its own.
        context.signal.throwIfAborted();
        await sleep(30);
        return { html: `${context.signal.aborted}` };
      default:
        return { html: dashboardId };
    }
  },
  share: () => ({ url: "https://links.test/s/a" }),
} as unknown as ServiceImpl<typeof DashboardsService>;

function keep(html: string): Message {
  const message = create(RenderResponseSchema, { html, ttlS: 5 });
  const rendered = { html, digest: "", freshUntilMs: 0, partial: false, whole: true, panels: [] };
  keptMessages.set(message, toKept(message, rendered));
  return message;
}

const kept = (message: Message) => keptMessages.get(message);
const [ours, theirs] = await Promise.all([startSide(dashboards, kept, false), startSide(dashboards, kept, true)]);
test.after(() => Promise.all([ours.close(), theirs.close()]).then(() => {}));

const versions = { "HTTP/1.1": sendHttp1, "HTTP/2": sendHttp2 };

for (const [name, { status = 200, by = "us", says = /./, ...rest }] of Object.entries(cases)) {
  test(`${name} is answered as by Connect's own handlers`, async () => {
    const sent = toSent(rest);
    const before = ours.answeredBy.length;
    const compare = async ([version, send]: [string, typeof sendHttp1]) => {
      const [mine, wanted] = await Promise.all([send(ours.port, sent), send(theirs.port, sent)]);
      assert.is(mine.status, status, version);
      assert.match(toText(mine), says, version);
      assert.not.match(toText(mine), /SECRET/, version);
      const isKept = name.includes("of kept ");
      assert.equal(toPlain(isKept ? unzipped(mine) : mine), toPlain(isKept ? unzipped(wanted) : wanted), version);
    };
    await Promise.all(Object.entries(versions).map(compare));
    assert.equal(ours.answeredBy.slice(before), [by, by]);
  });
}

test("the same bytes are read once, and each format has its own", async () => {
  // As JSON it is malformed, and as binary a message with fields that are not known.
  const body = '{"dashboard_id":"twice"}';
  const answers = await Promise.all([
    sendHttp2(ours.port, toSent({ body })),
    sendHttp2(ours.port, toSent({ body })),
    sendHttp2(ours.port, toSent({ body, headers: binary })),
    sendHttp2(theirs.port, toSent({ body, headers: binary })),
  ]);
  assert.equal(answers[0]!.body, answers[1]!.body);
  assert.equal(toPlain(answers[2]!), toPlain(answers[3]!));
});

test("a body that is waited for is asked for once its caller is known", async () => {
  const body = json("good");
  for (const { port } of [ours, theirs]) {
    const waited = await sendInParts(port, { expect: "100-continue" }, body.byteLength, body);
    assert.match(waited, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    const wrong = { expect: "100-continue", authorization: "Bearer wrong" };
    assert.match(await sendInParts(port, wrong, body.byteLength, body), /^HTTP\/1\.1 401 /);
  }
});

test("a call whose body ends early is not made", async () => {
  const body = json("good", { locale: "fr" });
  for (const { port } of [ours, theirs]) {
    assert.not.match(await sendInParts(port, {}, body.byteLength + 1, body), /HTTP\/1\.1 200/);
  }
  assert.equal(seen, []);
});

function never(): never {
  throw new Error("this is not called");
}

/** Makes a call that has passed no listener. */
function callAlone(
  impl: UnarySpec["impl"],
  options: Partial<ConnectOptions> = {},
  body: () => Uint8Array = () => json("alone"),
) {
  const method = DashboardsService.method.render;
  const spec = createMethodImplSpec(method, impl) as UnarySpec;
  const report = () => fault("INTERNAL", "something went wrong on our side");
  const headers = new Headers({
    "content-type": "application/json",
    "content-length": "24",
    "connect-timeout-ms": "300",
  });
  return createConnectCall(spec, { ...strictOptions, report, ...options })({
    method: "POST",
    url: "http://sides.test/",
    query: "",
    contextValues: createContextValues(),
    signal: new AbortController().signal,
    headers,
    header: (name) => headers.get(name),
    readBody: body,
  });
}

test("without an interceptor that turns errors into ours, none leaves as it was", async () => {
  for (const error of [new ConnectError("SECRET", Code.NotFound), new Error("SECRET")]) {
    const { status, body } = await callAlone(() => {
      throw error;
    });
    assert.is(status, 500);
    assert.match(`${Buffer.from(body as Uint8Array)}`, /went wrong on our side/);
    assert.not.match(`${Buffer.from(body as Uint8Array)}`, /SECRET/);
  }
});

test("an answer that is at hand is given without the method, once the gate has let the call through", async () => {
  const atHand = (message: Message) =>
    create(RenderResponseSchema, { html: (message as RenderRequest).dashboardId.toUpperCase() });
  const given = await callAlone(never, { atHand });
  assert.match(`${Buffer.from(given.body as Uint8Array)}`, /"html":"ALONE"/);
  const requestGate = () => {
    throw fault("UNAUTHENTICATED", "no");
  };
  assert.is((await callAlone(never, { atHand, requestGate })).status, 401);
});

test("a body that says that it is too large is not read", async () => {
  const { status, body } = await callAlone(never, { readMaxBytes: 23 }, never);
  assert.is(status, 429);
  assert.match(`${Buffer.from(body as Uint8Array)}`, /"the request is too large"/);
});

test("the timer of a call that is answered is stopped", async () => {
  const { promise, resolve } = Promise.withResolvers<AbortSignal>();
  await callAlone((_, { signal }) => {
    resolve(signal);
    return create(RenderResponseSchema);
  });
  await sleep(400);
  assert.not((await promise).aborted);
});

test("what is plain is a POST of one of two types, as it is", () => {
  const isPlain = (method: string, headers: Record<string, string>) => isPlainConnect(method, (name) => headers[name]);
  assert.ok(isPlain("POST", { "content-type": "application/json" }));
  assert.ok(isPlain("POST", { "content-type": "application/proto", "content-encoding": "identity" }));
  assert.not(isPlain("GET", { "content-type": "application/json" }));
  assert.not(isPlain("POST", {}));
  assert.not(isPlain("POST", { "content-type": "application/grpc" }));
  assert.not(isPlain("POST", { "content-type": "application/grpc-web+json" }));
  assert.not(isPlain("POST", { "content-type": "application/json", "content-encoding": "gzip" }));
});

test.run();

/** Sends a head, some body a moment later, and the end of it after that. */
async function sendInParts(port: number, headers: Record<string, string>, length: number, body: Buffer) {
  const all = { ...toSent({ headers }).headers, host: "sides.test", "content-length": `${length}` };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(`POST ${rpcBase}/Render HTTP/1.1\r\n${lines.join("")}\r\n`);
  await sleep(100);
  socket.write(body);
  await sleep(100);
  socket.end();
  await closed;
  return text;
}

function toText(got: Got): string {
  return `${unzipped(got).body}`;
}

/** As text of one byte a character, of which differences can be read. */
function toPlain({ status, lines, body }: Got) {
  return { status, lines: lines.filter((line) => line !== "").map(withoutOwnId), body: body.toString("latin1") };
}

/** An id that the service makes is another each time. */
function withoutOwnId(line: string): string {
  return line.replace(/^(x-request-id: )[\da-f-]{36}$/i, "$1made");
}
