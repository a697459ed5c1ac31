import { clone, createFileRegistry, type MessageInitShape, setExtension } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { createConnectRouter, createContextKey, createContextValues } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { http } from "../../gen/google/api/annotations_pb.js";
import type { HttpRuleSchema } from "../../gen/google/api/http_pb.js";
import { fault } from "../../src/errors/fault.ts";
import { createRestRouter } from "../../src/rest/rest-router.ts";
import type { UnaryOptions } from "../../src/unary/unary-call.ts";
import { suite } from "../harness.ts";

const test = suite("the REST router");

const base = "/api/v1/data-consumption/dashboards";
const json = { "content-type": "application/json" };
const callerKey = createContextKey("nobody");

type Call = { method?: string; path?: string; body?: string; headers?: Record<string, string> };

/** A router whose methods answer at once, a way to call it and what reached them. */
function createCalls(options: UnaryOptions = {}) {
  const calls: string[] = [];
  const inner = createConnectRouter();
  const { router, find } = createRestRouter(inner, { readMaxBytes: 64, ...options });
  const { render, getDefinition, export: exportFile } = DashboardsService.method;
  router.rpc(render, (request, { values, protocolName }) => {
    calls.push(`${values.get(callerKey)} renders ${request.dashboardId} by ${protocolName}`);
    if (request.theme === "broken") throw new Error("SECRET");
    if (request.theme === "gone") throw fault("NOT_FOUND", "no dashboard of this id is here");
    if (request.theme === "busy") throw fault("RATE_LIMITED", "wait", { retryAfterMs: 1_200 });
    return { html: "<div></div>" };
  });
  router.rpc(getDefinition, ({ dashboardId, version }) => ({ author: dashboardId, version: version ?? 0 }), {
    readMaxBytes: 8,
  });

  router.rpc(exportFile, ({ dashboardId, format }, { responseHeader }) => {
    if (dashboardId === "gone") throw fault("NOT_FOUND", "no dashboard of this id is here");
    responseHeader.set("content-disposition", "attachment");
    if (format === "") return {};
    return { file: { contentType: format === "csv" ? "text/csv" : "", data: Buffer.from('["raw", 1]') } };
  });

  async function call({ method = "POST", path = "/render", body = "{}", headers = json }: Call) {
    const [pathname = "", query = ""] = path.split("?");
    const handler = find(method, `${base}${pathname}`);
    if (handler === undefined || "allow" in handler) throw new Error("nothing is there");
    let wasRead = false;
    const sent = new Headers(headers);
    const answer = await handler.answer({
      method,
      url: `http://host${base}${pathname}?${query}`,
      query,
      headers: sent,
      header: (name) => sent.get(name),
      async readBody(maxBytes) {
        wasRead = true;
        return body.length > maxBytes ? undefined : Buffer.from(body);
      },
      signal: new AbortController().signal,
      contextValues: createContextValues().set(callerKey, "ann"),
    });
    const text = Buffer.from(answer.body as Uint8Array).toString();
    return { status: answer.status, header: new Headers(answer.headers), text, json: JSON.parse(text), wasRead };
  }

  return { inner, find, calls, call };
}

test("a call reaches the implementation, with its context", async () => {
  const { calls, call } = createCalls();
  const { status, header, text } = await call({ body: '{"dashboard_id":"a"}' });
  assert.is(status, 200);
  assert.is(header.get("content-type"), "application/json");
  assert.is(text, '{"html":"<div></div>","ttl_s":0,"version":0,"partial":false,"panels":[],"digest":""}');
  assert.equal(calls, ["ann renders a by rest"]);
});

test("a call takes its fields from the path and the query", async () => {
  const { call } = createCalls();
  const answer = await call({ method: "GET", path: "/definitions/a%2Fb?version=7", body: "", headers: {} });
  const { version, author } = answer.json as Record<string, unknown>;
  assert.equal([version, author], [7, "a/b"]);
});

test("a response_body of google.api.HttpBody is the body as it is, under its own type; an error stays JSON", async () => {
  const { call } = createCalls();
  const answer = async (body: string) => {
    const { status, header, text } = await call({ path: "/export", body });
    return [status, header.get("content-type"), header.get("content-disposition"), text];
  };
  assert.equal(await answer('{"format":"csv"}'), [200, "text/csv", "attachment", '["raw", 1]']);
  assert.equal(await answer('{"format":"x"}'), [200, "application/octet-stream", "attachment", '["raw", 1]']);
  const [status, type, disposition, text] = await answer('{"dashboard_id":"gone"}');
  assert.equal([status, type, disposition], [404, "application/json", null]);
  assert.match(String(text), '"reason":"NOT_FOUND"');
});

test("the inner router serves the same methods", () => {
  const { inner } = createCalls();
  assert.equal(
    inner.handlers.map(({ requestPath }) => requestPath),
    ["Render", "GetDefinition", "Export"].map((name) => `/datajetty.dashboards.v1.DashboardsService/${name}`),
  );
});

test("a match knows the template of its path, for the log", () => {
  const { find } = createCalls();
  const found = find("GET", `${base}/definitions/ops`);
  assert.is(found !== undefined && "answer" in found && found.requestPath, `${base}/definitions/{dashboard_id}`);
  assert.equal(find("PUT", `${base}/definitions/ops`), { allow: ["GET"] });
  assert.is(find("GET", `${base}/nothing`), undefined);
});

test("the gate decides before the body is read, whatever the body is", async () => {
  const { calls, call } = createCalls({
    requestGate: ({ responseHeader }) => {
      responseHeader.set("ratelimit", "r=0");
      throw fault("UNAUTHENTICATED", "send a token");
    },
  });
  const { status, header, json, wasRead } = await call({ body: "{", headers: { "content-type": "text/plain" } });
  assert.is(status, 401);
  assert.equal(json, { error: "unauthorized", message: "send a token", reason: "UNAUTHENTICATED" });
  assert.is(header.get("www-authenticate"), "Bearer");
  assert.is(header.get("ratelimit"), "r=0");
  assert.not(wasRead);
  assert.equal(calls, []);
});

test("interceptors run around the implementation and may set headers", async () => {
  const { call } = createCalls({
    interceptors: [
      (next) => async (request) => {
        const response = await next(request);
        response.header.set("x-seen", request.method.name);
        return response;
      },
    ],
  });
  assert.is((await call({})).header.get("x-seen"), "Render");
});

test("a fault is answered as the error model has it", async () => {
  const { call } = createCalls();
  const gone = await call({ body: '{"theme":"gone"}' });
  assert.is(gone.status, 404);
  assert.equal(gone.json, { error: "not_found", message: "no dashboard of this id is here", reason: "NOT_FOUND" });
  const busy = await call({ body: '{"theme":"busy"}' });
  assert.is(busy.status, 429);
  assert.is(busy.header.get("retry-after"), "2");
});

test("any other error is thrown on, to whoever logs", async () => {
  const { call } = createCalls();
  const error = await call({ body: '{"theme":"broken"}' }).then(
    () => null,
    (reason: Error) => reason,
  );
  assert.is(error?.message, "SECRET");
});

const types: [type: string | undefined, passes: boolean][] = [
  ["application/json", true],
  ["APPLICATION/JSON", true],
  ["application/json; charset=utf-8", true],
  ['application/json;charset="UTF-8"', true],
  [undefined, false],
  ["text/plain", false],
  ["application/xml", false],
  ["application/json, text/plain", false],
  ["application/json; charset=utf-16", false],
  ["application/json; charset=utf-7", false],
  ["application/jsonp", false],
  ["////", false],
];

for (const [type, passes] of types) {
  test(`the Content-Type ${type} ${passes ? "passes" : "is refused"}`, async () => {
    const { status, json } = await createCalls().call({ headers: type === undefined ? {} : { "content-type": type } });
    assert.is(passes ? status : json.reason, passes ? 200 : "UNSUPPORTED_CONTENT");
  });
}

for (const encoding of ["gzip", "br", "gzip, gzip", "deflate", "x"]) {
  test(`the Content-Encoding ${encoding} is refused unread`, async () => {
    const {
      status,
      json: answer,
      wasRead,
    } = await createCalls().call({ headers: { ...json, "content-encoding": encoding } });
    assert.is(status, 400);
    assert.is(answer.reason, "UNSUPPORTED_CONTENT");
    assert.not(wasRead);
  });
}

test("the Content-Encoding identity passes", async () => {
  assert.is((await createCalls().call({ headers: { ...json, "content-encoding": "identity" } })).status, 200);
});

test("a body over the limit is refused, and unread when its length is declared", async () => {
  const { call } = createCalls();
  const body = `{"dashboard_id":"${"x".repeat(64)}"}`;
  const streamed = await call({ body });
  assert.is(streamed.status, 400);
  assert.is(streamed.json.reason, "BODY_TOO_LARGE");
  const declared = await call({ body, headers: { ...json, "content-length": "65" } });
  assert.is(declared.json.reason, "BODY_TOO_LARGE");
  assert.not(declared.wasRead);
  assert.is((await call({ body: `{"dashboard_id":"${"x".repeat(45)}"}` })).status, 200);
});

test("the limit is each method's own, and a GET with a body is refused", async () => {
  const { call } = createCalls();
  const get = { method: "GET", path: "/definitions/a" };
  assert.is((await call({ ...get, body: "123456789" })).json.reason, "BODY_TOO_LARGE");
  assert.is((await call({ ...get, body: "{}" })).json.reason, "INVALID_REQUEST");
  assert.is((await call({ ...get, body: "", headers: {} })).status, 200);
});

/** GetDefinition with another rule. */
function methodWith(rule: MessageInitShape<typeof HttpRuleSchema>) {
  const { file } = DashboardsService;
  const proto = clone(FileDescriptorProtoSchema, file.proto);
  const method = proto.service[0]!.method.find(({ name }) => name === "GetDefinition")!;
  setExtension(method.options!, http, rule as never);
  const registry = createFileRegistry(proto, (name) => file.dependencies.find((other) => other.proto.name === name));
  const service = registry.getService(DashboardsService.typeName) as typeof DashboardsService;
  return service.method.getDefinition;
}

const unsupported: [why: string, rule: MessageInitShape<typeof HttpRuleSchema>][] = [
  ["custom patterns", { pattern: { case: "custom", value: { kind: "HEAD", path: "/a" } } }],
  ["custom patterns", {}],
  ["response_body", { pattern: { case: "get", value: "/a" }, responseBody: "status" }],
  ["get takes no body", { pattern: { case: "get", value: "/a" }, body: "*" }],
  ["only be the last", { pattern: { case: "get", value: "/**/a" } }],
  ["no single value", { pattern: { case: "get", value: "/{nothing}" } }],
  ["no field", { pattern: { case: "post", value: "/a" }, body: "nothing" }],
  [
    "two rules",
    {
      pattern: { case: "get", value: "/{version}" },
      additionalBindings: [{ pattern: { case: "get", value: "/{dashboard_id}" } }],
    },
  ],
];

for (const [why, rule] of unsupported) {
  test(`a rule that is not supported stops the start: ${why}`, () => {
    const { router } = createRestRouter(createConnectRouter());
    assert.throws(
      () => router.rpc(methodWith(rule), () => ({})),
      (error: Error) =>
        error.message.startsWith("datajetty.dashboards.v1.DashboardsService.GetDefinition: ") &&
        error.message.includes(why),
    );
  });
}

test("additional bindings are served too", () => {
  const { router, find } = createRestRouter(createConnectRouter());
  const additionalBindings = [{ pattern: { case: "post", value: "/b/{dashboard_id}:get" }, body: "*" } as const];
  router.rpc(methodWith({ pattern: { case: "get", value: "/a/{dashboard_id}" }, additionalBindings }), () => ({}));
  for (const found of [find("GET", "/a/1"), find("POST", "/b/1:get")])
    assert.ok(found !== undefined && "answer" in found);
});

test.run();
