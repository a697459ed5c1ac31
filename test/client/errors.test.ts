import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { type ApiError, createDashboardsClient, DashboardsError, type Result, unwrap } from "../../client/src/index.ts";
import { type FaultOptions, fault, faults, type Reason } from "../../src/errors/fault.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { ordersOf } from "./orders.ts";
import { startRelay } from "./relay.ts";

/** What goes wrong, as values. */
const test = suite("errors of the client");
const limits = join(tmpdir(), `client-limits-${process.pid}.json`);
writeFileSync(limits, JSON.stringify({ tenants: { slow: { Render: { per_second: 1, burst: 1 } } } }));
const service = await startTestService({ LIMITS_FILE: limits });
const relay = await startRelay(service.url);
test.after(async () => {
  await relay.close();
  await service.close();
  rmSync(limits);
});

const clientOf = (token: string, baseUrl = service.url) => createDashboardsClient({ baseUrl, token, retries: 0 });
const token = await service.token({});
const client = clientOf(token);
unwrap(await client.saveDefinition(ordersOf("orders")));

test("400: each problem of a definition comes with its path", async () => {
  const request = ordersOf("orders");
  const panels = [{ title: "Orders", datasource: "none", kind: request.layout.panels[0]!.kind }];
  const error = errorOf(await client.saveDefinition({ ...request, layout: { panels } }));
  assert.equal([error.code, error.reason, error.status], ["invalid_request", "INVALID_REQUEST", 400]);
  assert.equal(
    error.details.map(({ field }) => field),
    ["layout.panels[0].datasource"],
  );
  assert.match(error.details[0]!.description, /\w/);
});

test("401, 403, 404 and 409 are told apart", async () => {
  const request = { dashboardId: "orders" };
  const reader = clientOf(await service.token({ scopes: ["dashboards:render"] }));
  const told = [
    await clientOf("none").render(request),
    await reader.saveDefinition(ordersOf("orders")),
    await client.render({ dashboardId: "none" }),
    await client.saveDefinition({ ...ordersOf("orders"), expectedVersion: 7 }),
  ];
  assert.equal(
    told.map(errorOf).map(({ code, reason, status }) => [code, reason, status]),
    [
      ["unauthorized", "UNAUTHENTICATED", 401],
      ["forbidden", "SCOPE_MISSING", 403],
      ["not_found", "NOT_FOUND", 404],
      ["version_conflict", "STALE_VERSION", 409],
    ],
  );
});

test("429 says how long to wait", async () => {
  const slow = clientOf(await service.token({ tenant: "slow" }));
  await slow.render({ dashboardId: "none" });
  const error = errorOf(await slow.render({ dashboardId: "none" }));
  assert.equal([error.code, error.reason, error.status], ["rate_limited", "RATE_LIMITED", 429]);
  assert.ok(error.retryAfterS! > 0.5 && error.retryAfterS! <= 1, `${error.retryAfterS}`);
});

test("503: no source has anything to show", async () => {
  const duckdb = { files: [{ path: "none.csv" }], query: "select 1 as orders" };
  const datasources = [{ id: "orders", source: { case: "duckdb", value: duckdb } as const }];
  unwrap(await client.saveDefinition({ ...ordersOf("broken"), datasources }));
  const error = errorOf(await client.render({ dashboardId: "broken" }));
  assert.equal([error.code, error.reason, error.status], ["dependency_down", "DEPENDENCY_DOWN", 503]);
});

test("each reason of the service has its documented code and status", async () => {
  const through = clientOf(token, relay.url);
  for (const [reason, { error, status }] of Object.entries(faults)) {
    relay.fates(fault(reason as Reason, "what to do"));
    const told = errorOf(await through.render({ dashboardId: "orders" }));
    assert.equal([told.code, told.reason, told.status, told.message], [error, reason, status, "what to do"]);
  }
});

test("what an error says beside its code arrives whole", async () => {
  const through = clientOf(token, relay.url);
  const details = [{ field: "layout.panels[2].id", description: "is there twice" }];
  const options: FaultOptions = { details, retryAfterMs: 2_500 };
  relay.fates(fault("IDEMPOTENCY_IN_FLIGHT", "wait", options));
  const told = errorOf(await through.render({ dashboardId: "orders" }, { requestId: "id-1" }));
  assert.equal([told.details, told.retryAfterS, told.requestId], [details, 2.5, "id-1"]);
});

test("the request id is the one in the service's log", async () => {
  const told = errorOf(await client.render({ dashboardId: "none" }, { requestId: "mine" }));
  assert.is(told.requestId, "mine");
  const refused = errorOf(await client.render({ dashboardId: "none" }, { requestId: "<none>" }));
  assert.is(refused.reason, "INVALID_REQUEST_ID");
  assert.not.match(refused.requestId, /none/);
});

test("answers that are not the service's are told as such", async () => {
  const through = clientOf(token, relay.url);
  const page = { type: "text/html", body: "<h1>a proxy</h1>" };
  for (const [fate, code] of [
    [{ ...page, status: 502 }, "dependency_down"],
    [{ ...page, status: 404 }, "not_found"],
    [{ ...page, status: 200 }, "internal_error"],
    [{ ...page, status: 418 }, "internal_error"],
    [{ status: 200, type: "application/proto", body: "\xff\xff\xff" }, "internal_error"],
    [{ status: 503, type: "application/json", body: "[]" }, "dependency_down"],
    [new ConnectError("somebody's", Code.NotFound), "not_found"],
  ] as const) {
    relay.fates(fate);
    const told = errorOf(await through.render({ dashboardId: "orders" }));
    assert.equal([told.code, told.reason], [code, "UNEXPECTED_ANSWER"]);
    assert.match(told.message, /baseUrl/);
  }
});

test("nobody at the address is unreachable", async () => {
  const gone = await startRelay(service.url);
  await gone.close();
  const told = errorOf(await clientOf(token, gone.url).render({ dashboardId: "orders" }));
  assert.equal([told.code, told.reason, told.status], ["unreachable", "UNREACHABLE", undefined]);
  assert.match(`${(told.cause as Error).cause ?? told.cause}`, /ECONNREFUSED/);
});

test("a field that does not exist, and a value that does not fit, never leave", async () => {
  const through = clientOf(token, relay.url);
  const orders = ordersOf("orders");
  relay.takeSeen();
  const told = [
    // @ts-expect-error A misspelt field does not compile.
    await through.render({ dashboard: "orders" }),
    // @ts-expect-error Neither does one further in.
    await through.saveDefinition({ ...orders, layout: { panels: [{ titel: "Orders" }] } }),
    // @ts-expect-error Nor a kind that there is not.
    await through.saveDefinition({ ...orders, layout: { panels: [{ kind: { case: "pies", value: {} } }] } }),
    // @ts-expect-error Nor a list that is none.
    await through.saveDefinition({ ...orders, datasources: {} }),
    // @ts-expect-error Nor what JSON does not have.
    await through.render({ dashboardId: "orders", filters: { at: new Date() } }),
    // @ts-expect-error Nor a text for a number.
    await through.share({ dashboardId: "orders", expiresInS: "SECRET" }),
    await through.render({ dashboardId: "orders" }, { requestId: "a\nb" }),
  ].map(errorOf);
  assert.equal([...new Set(told.map(({ code, status }) => `${code} ${status}`))], ["invalid_request undefined"]);
  assert.equal(
    told.map(({ details }) => details[0]?.field),
    [
      "dashboard",
      "layout.panels[0].titel",
      "layout.panels[0].kind.case",
      "datasources",
      "filters.at",
      undefined,
      undefined,
    ],
  );
  assert.not.match(told.map(({ message }) => message).join(), /SECRET/);
  assert.is(relay.takeSeen().length, 0);
});

test("a token that cannot be had is unauthorized, and is not quoted where it cannot be sent", async () => {
  const broken = createDashboardsClient({
    baseUrl: service.url,
    token: () => Promise.reject(new Error("the issuer is down")),
  });
  const told = errorOf(await broken.render({ dashboardId: "orders" }));
  assert.equal(
    [told.code, told.reason, (told.cause as Error).message],
    ["unauthorized", "TOKEN_UNAVAILABLE", "the issuer is down"],
  );
  const odd = errorOf(await clientOf("SECRET\n1").render({ dashboardId: "orders" }));
  assert.is(odd.code, "invalid_request");
  assert.not.match(JSON.stringify({ ...odd, cause: String(odd.cause) }), /SECRET/);
});

test("unwrap throws what a result holds", async () => {
  const result = await client.render({ dashboardId: "none" });
  const error = errorOf(result);
  assert.throws(
    () => unwrap(result),
    (thrown: unknown) => {
      assert.instance(thrown, DashboardsError);
      const { name: _, code, reason, message, details, status, requestId } = thrown as DashboardsError;
      assert.equal(
        { code, reason, message, details, status, requestId },
        {
          code: error.code,
          reason: error.reason,
          message: error.message,
          details: error.details,
          status: error.status,
          requestId: error.requestId,
        },
      );
      return true;
    },
  );
});

test.run();

function errorOf(result: Result<unknown>): ApiError {
  if (result.ok) throw new Error("it went well");
  return result.error;
}
