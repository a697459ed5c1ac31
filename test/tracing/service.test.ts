import type { DescMethodUnary } from "@bufbuild/protobuf";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createLog } from "../../src/log/log.ts";
import { loadTracing } from "../../src/main/tracing.ts";
import { openTracing } from "../../src/tracing/open-tracing.ts";
import { createProtocols } from "../contract/protocols.ts";
import { startWebService } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { startTestService, type TestService } from "../service.ts";
import { type Recording, startRecording } from "./recording.ts";

/** A whole service in a process whose SDK keeps spans in memory. */
const test = suite("traces of a service");

const serviceName = "datajetty.dashboards.v1.DashboardsService";
const render = DashboardsService.method.render as DescMethodUnary;
/** What must be in no span. */
const canaries = ["acme", "secretboard", "secretfilter", "canary-row", "/rows-of-acme", "Bearer", "tester"];

const seen: (string | undefined)[] = [];
const lines: Record<string, unknown>[] = [];
let recording: Recording;
let service: TestService;
let protocols: ReturnType<typeof createProtocols>;
let headers: Record<string, string>;
let made = 0;
const before = [openTracing(), await loadTracing()];

const web = await startWebService((request, response) => {
  seen.push(...["traceparent", "tracestate", "baggage"].map((name) => request.headers[name] as string | undefined));
  response.statusCode = request.url!.startsWith("/down") ? 503 : 200;
  response.setHeader("content-type", "application/json").end(JSON.stringify({ rows: [{ region: "canary-row" }] }));
});

test.before(async () => {
  recording = startRecording();
  const tracing = (await loadTracing())!;
  const log = createLog("info", { write: (line: string) => lines.push(JSON.parse(line)) }, tracing.logFields);
  service = await startTestService({ ALLOWED_HOSTS: `127.0.0.1:${web.port}` }, log, tracing);
  protocols = createProtocols(service.url);
  headers = { authorization: `Bearer ${await service.token({})}` };
  await service.post("/connections", { name: "web", http: { url: `http://127.0.0.1:${web.port}` } });
  for (const [id, path] of [
    ["secretboard", "/rows-of-acme"],
    ["failing", "/down"],
  ]) {
    const panels = [{ title: "Rows", datasource: "rows", table: {} }];
    const filters = [{ name: "region", type: "string" }];
    const http = { connection: "web", path: path!, rows: "/rows", query: { at: ":region" } };
    await service.save("acme", { dashboard_id: id!, layout: { panels }, filters, datasources: [{ id: "rows", http }] });
  }
});
test.after(async () => {
  protocols.close();
  await service.close();
  await web.close();
  recording.stop();
});

/** Says which trace a call is part of, as a caller that traces does. */
function newTrace() {
  made += 1;
  const traceId = `${made}`.padStart(32, "a");
  const parentId = "00f067aa0ba902b7";
  return { traceId, parentId, sent: { traceparent: `00-${traceId}-${parentId}-01`, tracestate: "vendor=1" } };
}

const nameOf = ({ name }: ReadableSpan) => name;
const isServer = ({ kind }: ReadableSpan) => kind === SpanKind.SERVER;

test("without an SDK nothing is opened", () => {
  assert.equal(before, [undefined, undefined]);
});

test("a call has a span in its caller's trace, in all four protocols, named alike", async () => {
  const expected = {
    rest: { "rpc.system": "rest", "http.route": "/api/v1/data-consumption/dashboards/render" },
    connect: { "rpc.system": "connect_rpc", "http.route": `/${serviceName}/Render` },
    grpc: { "rpc.system": "grpc", "http.route": `/${serviceName}/Render`, "rpc.grpc.status_code": 5 },
    grpcWeb: { "rpc.system": "grpc", "http.route": `/${serviceName}/Render`, "rpc.grpc.status_code": 5 },
  };
  for (const protocol of ["rest", "connect", "grpc", "grpcWeb"] as const) {
    const { traceId, parentId, sent } = newTrace();
    await protocols[protocol](render, { dashboard_id: "absent" }, { ...headers, ...sent });
    const span = (await recording.spans(traceId)).find(isServer)!;
    assert.is(span.name, `${serviceName}/Render`, protocol);
    assert.is(span.parentSpanContext?.spanId, parentId);
    assert.is(span.spanContext().traceState?.serialize(), "vendor=1");
    assert.equal(span.attributes, {
      "http.request.method": "POST",
      "http.response.status_code": protocol.startsWith("grpc") ? 200 : 404,
      "rpc.service": serviceName,
      "rpc.method": "Render",
      "error.type": "not_found",
      ...expected[protocol],
    });
    assert.is(span.status.code, SpanStatusCode.UNSET, "it is no failure of ours");
  }
});

test("below it are what was asked of the store, read, and drawn, and nothing of a tenant is in any", async () => {
  const { traceId, sent } = newTrace();
  const filters = { region: "secretfilter" };
  const answer = await protocols.rest(render, { dashboard_id: "secretboard", filters }, { ...headers, ...sent });
  assert.match(answer.message!.html as string, "canary-row");
  const spans = await recording.spans(traceId);
  const server = spans.find(isServer)!;
  const below = spans.filter((span) => span !== server);
  for (const name of ["store getVersion", "read http", "draw"]) assert.ok(below.map(nameOf).includes(name), name);
  for (const span of below) assert.is(span.parentSpanContext!.spanId, server.spanContext().spanId, span.name);
  const read = below.find(({ name }) => name === "read http")!;
  assert.equal(read.attributes, { "dashboards.source.kind": "http", "dashboards.datasource": "rows" });
  const [seconds, nanos] = read.duration;
  assert.ok(seconds + nanos / 1e9 > 0 && seconds < 10);
  const told = JSON.stringify(spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]));
  for (const canary of canaries) assert.not.match(told, canary);
  // Kept by now: nothing is asked, read or drawn.
  const again = newTrace();
  await protocols.rest(render, { dashboard_id: "secretboard", filters }, { ...headers, ...again.sent });
  assert.equal((await recording.spans(again.traceId)).map(nameOf), [`${serviceName}/Render`]);
});

test("a failure is told by its kind, and lines of the log name the trace", async () => {
  const { traceId, sent } = newTrace();
  await protocols.grpc(render, { dashboard_id: "failing" }, { ...headers, ...sent });
  const spans = await recording.spans(traceId);
  const read = spans.find(({ name }) => name === "read http")!;
  assert.equal([read.status.code, read.attributes["error.type"]], [SpanStatusCode.ERROR, "source_unavailable"]);
  const server = spans.find(isServer)!;
  assert.equal([server.status.code, server.attributes["error.type"]], [SpanStatusCode.ERROR, "dependency_down"]);
  const traced = lines.filter(({ trace_id }) => trace_id === traceId).map(({ msg }) => msg);
  assert.equal(traced.sort(), ["a source gave no rows", "request"]);
});

test("no trace is passed on to what a connection leads to", () => {
  assert.ok(seen.length > 0);
  assert.equal(
    seen.filter((value) => value !== undefined),
    [],
  );
});

test("a link has a span of its own kind, probes and assets have none", async () => {
  const { traceId, sent } = newTrace();
  for (const path of ["/healthz", "/readyz", "/assets/none.css"]) await fetch(service.url + path, { headers: sent });
  await fetch(`${service.url}/s/no-such-token?region=secretfilter`, { headers: sent });
  const spans = await recording.spans(traceId);
  assert.equal(spans.map(nameOf), ["GET /s/{token}"]);
  const told = JSON.stringify(spans.map(({ attributes }) => attributes));
  for (const canary of ["no-such-token", "secretfilter"]) assert.not.match(told, canary);
});

test("what is no traceparent, or two of them, begins a trace of its own", async () => {
  const { traceId, parentId } = newTrace();
  const bad = [
    `00-${traceId}-${parentId}`,
    `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`,
    "x".repeat(9_999),
  ];
  for (const traceparent of bad) {
    const { code } = await protocols.rest(render, { dashboard_id: "secretboard" }, { ...headers, traceparent });
    assert.is(code, 200);
  }
  await fetch(`${service.url}/healthz`);
  assert.equal(recording.now(traceId), []);
});

test.run();
