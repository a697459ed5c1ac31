import { readFileSync } from "node:fs";
import type { DescMethodUnary, DescService, JsonObject } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { faults, type Reason } from "../../src/errors/fault.ts";
import { createLog } from "../../src/log/log.ts";
import { createRoutes } from "../../src/main/routes.ts";
import { suite } from "../harness.ts";
import { createTestListener } from "../http/start.ts";
import { startTestService } from "../service.ts";
import { createProtocols } from "./protocols.ts";

const document = readFileSync(new URL("../../docs/dashboards-api.md", import.meta.url), "utf8");
const service = await startTestService({ RATE_PER_SECOND: "1", RATE_BURST: "2" });
const protocols = createProtocols(service.url);
const broken = await startBrokenListener();
const brokenProtocols = createProtocols(broken.url);

const test = suite("error model");

test.after(async () => {
  protocols.close();
  brokenProtocols.close();
  await service.close();
  await broken.close();
});

type Row = {
  readonly reason: Reason;
  readonly method?: string;
  readonly request: JsonObject;
  readonly scopes?: readonly string[];
  readonly token?: string;
  readonly clients?: typeof protocols;
  /** Calls that go before, to use up the limit. */
  readonly before?: number;
};

const render = { dashboard_id: "nothing_here" };
const lost = {
  dashboard_id: "lost",
  layout: { panels: [{ title: "Lost", datasource: "lost", table: {} }] },
  datasources: [{ id: "lost", duckdb: { files: [{ path: "lost.csv" }], query: "select * from lost" } }],
};

/** One way into each row of the documented table. */
const rows: Readonly<Record<number, Row>> = {
  400: { reason: "INVALID_REQUEST", request: { dashboard_id: "not an id" } },
  401: { reason: "UNAUTHENTICATED", request: render, token: "none.of.these" },
  403: { reason: "SCOPE_MISSING", request: render, scopes: ["dashboards:share"] },
  404: { reason: "NOT_FOUND", request: render },
  409: { reason: "STALE_VERSION", method: "SaveDefinition", request: { ...lost, expected_version: 7 } },
  429: { reason: "RATE_LIMITED", request: render, before: 2 },
  500: { reason: "INTERNAL", request: render, clients: brokenProtocols },
  503: { reason: "DEPENDENCY_DOWN", request: { dashboard_id: "lost" } },
};

test("every row of the document has a way into it here", () => {
  const documented = [...document.matchAll(/^\| (\d{3}) \|/gm)].map(([, status]) => status);
  assert.equal(Object.keys(rows), documented);
});

for (const [status, row] of Object.entries(rows)) {
  for (const protocol of ["rest", "grpc"] as const) {
    test(`${status} over ${protocol}`, async () => {
      const { reason, method = "Render", request, scopes, clients = protocols, before = 0 } = row;
      // A tenant for each call, so that each has a limit of its own.
      const tenant = `t${status}${protocol}`;
      if (status === "503") await service.save(tenant, lost);
      const token = row.token ?? (await service.token({ tenant, ...(scopes && { scopes }) }));
      const desc = DashboardsService.methods.find(({ name }) => name === method) as DescMethodUnary;
      const call = () => clients[protocol](desc, request, { authorization: `Bearer ${token}` });
      for (let n = 0; n < before; n += 1) await call();
      const answer = await call();
      assert.is(answer.reason, reason);
      assert.is(answer.code, protocol === "rest" ? Number(status) : faults[reason].code);
      assert.ok(answer.header("x-request-id"));
      if (status === "429") assert.match(answer.header("retry-after") ?? "", /^[1-9]\d*$/);
      if (status === "401" && protocol === "rest") assert.match(answer.header("www-authenticate") ?? "", /^Bearer/);
    });
  }
}

test("the body is the documented one, with nothing else than message, reason and details", async () => {
  const answer = await service.post("/render", { dashboard_id: "nothing_here" });
  assert.is(answer.headers.get("content-type"), "application/json");
  const body = (await answer.json()) as JsonObject;
  assert.is(body.error, "not_found");
  assert.equal(Object.keys(body).sort(), ["error", "message", "reason"]);
});

test("what the limit leaves is said on every answer, and none of it on what is no call", async () => {
  const answer = await service.post("/render", render, {
    authorization: `Bearer ${await service.token({ tenant: "limits" })}`,
  });
  assert.is(answer.headers.get("ratelimit-policy"), '"default";q=2;w=2');
  assert.is(answer.headers.get("ratelimit"), '"default";r=1;t=1');
  assert.is((await fetch(`${service.url}/healthz`)).headers.get("ratelimit"), null);
});

test.run();

/** A service whose every method breaks: what is not foreseen must still be the documented 500. */
async function startBrokenListener() {
  const fail = () => {
    throw new Error("select secret from somewhere");
  };
  const broken = <Service extends DescService>({ methods }: Service) =>
    Object.fromEntries(methods.map(({ localName }) => [localName, fail])) as unknown as ServiceImpl<Service>;
  const log = createLog("silent");
  const gate = async () => {};
  const fieldCheck = () => [];
  const listener = createTestListener({
    find: createRoutes({
      dashboards: broken(DashboardsService),
      connections: broken(ConnectionsService),
      gate,
      lateGate: (next) => next,
      fieldCheck,
      isServing: async () => true,
      shutdownSignal: new AbortController().signal,
      timeoutMs: 1_000,
      log,
    }),
  });
  const port = await listener.listen(0, "127.0.0.1");
  return { url: `http://127.0.0.1:${port}`, close: () => listener.close(100) };
}
