import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { addHealth } from "../../src/rpc/health.ts";
import { suite } from "../harness.ts";
import { base, startListener } from "./start.ts";

const test = suite("shedding");
let calls = 0;
const { listener, port, lines } = await startListener(
  {
    render: () => {
      calls += 1;
      return { html: "<div></div>" };
    },
  },
  {
    admit: async () => undefined,
    more: (router) => addHealth(router, { services: [DashboardsService.typeName], isServing: async () => true }),
  },
);
const url = `http://127.0.0.1:${port}`;
test.after(() => listener.close(100));

const post = (body: string) => fetch(`${url}${base}/render`, { method: "POST", body });

test("REST is told the documented error, and when to come back, not always the same", async () => {
  const waits = new Set<string | null>();
  for (let count = 0; count < 40; count += 1) {
    const answer = await post(`{"dashboard_id":"a"}`);
    assert.is(answer.status, 503);
    const { error, reason } = (await answer.json()) as Record<string, unknown>;
    assert.equal([error, reason], ["dependency_down", "OVERLOADED"]);
    waits.add(answer.headers.get("retry-after"));
  }
  for (const wait of waits) assert.match(`${wait}`, /^[1-5]$/);
  assert.ok(waits.size > 1);
});

const transports: Readonly<Record<string, Transport>> = {
  Connect: createConnectTransport({ baseUrl: url, httpVersion: "1.1" }),
  "Connect by HTTP/2": createConnectTransport({ baseUrl: url, httpVersion: "2" }),
  gRPC: createGrpcTransport({ baseUrl: url }),
  "gRPC-Web": createGrpcWebTransport({ baseUrl: url, httpVersion: "1.1" }),
};

for (const [name, transport] of Object.entries(transports)) {
  test(`${name} is told in its own words`, async () => {
    const call = createClient(DashboardsService, transport).render({ dashboardId: "a" });
    const error = ConnectError.from(await call.catch((reason: unknown) => reason));
    assert.is(error.code, Code.Unavailable);
    assert.is(error.findDetails(ErrorInfoSchema)[0]?.reason, "OVERLOADED");
    assert.ok(Number(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds) >= 1);
  });
}

test("whoever opens a link gets a page", async () => {
  const answer = await fetch(`${url}/s/token`);
  assert.equal([answer.status, await answer.text()], [503, "<p>busy</p>"]);
  assert.match(`${answer.headers.get("retry-after")}`, /^[1-5]$/);
});

test("probes of every kind are answered, and what leads nowhere", async () => {
  const statuses = ["/healthz", "/readyz", "/nowhere"].map(async (path) => (await fetch(`${url}${path}`)).status);
  assert.equal(await Promise.all(statuses), [200, 200, 404]);
  for (const transport of Object.values(transports)) {
    assert.is((await createClient(Health, transport).check({})).status, Status.SERVING);
  }
});

test("a large body is not waited for", async () => {
  const answer = await post("x".repeat(4 * 1024 * 1024));
  assert.equal([answer.status, answer.headers.get("connection")], [503, "close"]);
});

test("nothing was called, and the log says once that requests are refused", () => {
  assert.is(calls, 0);
  const warnings = lines.filter(({ level }) => level === "warn");
  assert.equal(
    warnings.map(({ refused, msg }) => [refused, msg]),
    [[1, "more is asked than can be answered"]],
  );
});

test.run();
