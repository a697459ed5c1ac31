import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.js";
import { addHealth } from "../../src/rpc/health.ts";
import { suite } from "../harness.ts";
import { base, rpcBase, startListener } from "./start.ts";

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
    admission: { isFull: () => true, refuse: () => {}, enter: async () => undefined },
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

test("clients of grpc-js are told, for whom a call that ends without a message has its status in its head", async () => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  const call = (path: string) =>
    new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error) => resolve(error));
    });
  try {
    const refused = await call(`${rpcBase}/Render`);
    assert.is(refused?.code, status.UNAVAILABLE, refused?.message);
    assert.match(`${refused?.details}`, /too much is asked/);
    const unknown = await call("/no.Such/Method");
    assert.is(unknown?.code, status.UNIMPLEMENTED, unknown?.message);
  } finally {
    client.close();
  }
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

test("a request id is given back, and else there is one", async () => {
  const ids = ["chosen-by-its-caller", undefined].map(async (id) => {
    const headers = id === undefined ? {} : { "x-request-id": id };
    const answer = await fetch(`${url}${base}/render`, { method: "POST", body: "{}", headers });
    return answer.headers.get("x-request-id");
  });
  const [given, made] = await Promise.all(ids);
  assert.is(given, "chosen-by-its-caller");
  assert.match(`${made}`, /^[\da-f-]{36}$/);
});

test("who is refused behind one who is served goes the long way, and gets no answer before that one", async () => {
  let [isFull, quick] = [false, 0];
  const begun = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  const other = await startListener(
    {
      async render() {
        isFull = true;
        begun.resolve();
        await slow.promise;
        return { html: "<div></div>" };
      },
    },
    {
      admission: {
        isFull: () => isFull,
        refuse: () => {
          quick += 1;
        },
        enter: async () => (isFull ? undefined : new DisposableStack()),
      },
    },
  );
  const request = `POST ${base}/render HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`;
  const socket = connect(other.port, "127.0.0.1").setEncoding("latin1");
  let text = "";
  socket.on("data", (part) => {
    text += part;
  });
  const statuses = () => text.match(/(?<=HTTP\/1\.1 )\d+/g) ?? [];
  socket.write(request);
  await begun.promise;
  socket.write(request.repeat(2));
  // Long enough for them to be read; were it not, nothing could fail.
  await sleep(50);
  assert.is(quick, 0);
  slow.resolve();
  while (statuses().length < 3) await sleep(5);
  assert.equal(statuses(), ["200", "503", "503"]);
  socket.destroy();
  await other.listener.close(100);
});

test("only those that took the long way have a line of their own", () => {
  const refused = lines.filter(({ msg, status, protocol }) => msg === "request" && status === 503 && protocol !== "h2");
  assert.equal(
    refused.map(({ path }) => path),
    // Bodies that do not say how long they are, and one that is long.
    [`${rpcBase}/Render`, `${base}/render`],
  );
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
