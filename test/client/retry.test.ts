import * as assert from "uvu/assert";
import { type ApiError, createDashboardsClient, type Result, unwrap } from "../../client/src/index.ts";
import { waitBeforeRetry } from "../../client/src/retry.ts";
import { fault, faults, type Reason } from "../../src/errors/fault.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { ordersOf } from "./orders.ts";
import { type Fate, startRelay } from "./relay.ts";

/** Retries and deadlines, over a way to the service on which calls come to grief. */
const test = suite("retries of the client");
const service = await startTestService();
const relay = await startRelay(service.url);
// The shortest waits of all that are possible.
const { random } = Math;
Math.random = () => 0;
test.after(async () => {
  Math.random = random;
  await relay.close();
  await service.close();
});
test.beforeEach(() => {
  relay.fates();
  relay.takeSeen();
});

const client = createDashboardsClient({ baseUrl: relay.url, token: await service.token({}) });
unwrap(await client.saveDefinition(ordersOf("orders")));

test("a save whose answer is lost is tried again, and saves one version", async () => {
  relay.fates("cut", "halve");
  const saved = unwrap(await client.saveDefinition(ordersOf("cut")));
  assert.is(saved.version, 1);
  const seen = relay.takeSeen();
  assert.is(seen.length, 3);
  assert.is(new Set(seen.map(({ requestId }) => requestId)).size, 1, "one key over all tries");
  const versions = await Array.fromAsync(client.versions("cut"));
  assert.is(versions.length, 1);
});

test("links whose answers are lost are one link", async () => {
  unwrap(await client.saveDefinition(ordersOf("link")));
  relay.fates("cut");
  const { shareId } = unwrap(await client.share({ dashboardId: "link", expiresInS: 60 }));
  const shares = await Array.fromAsync(client.shares({ dashboardId: "link" }));
  assert.equal(
    shares.map((share) => share.shareId),
    [shareId],
  );
});

test("a call whose end is unknown can be asked for again by its id", async () => {
  const request = ordersOf("unknown");
  relay.fates("cut");
  const lost = errorOf(
    await createDashboardsClient({ baseUrl: relay.url, token: await service.token({}), retries: 0 }).saveDefinition(
      request,
    ),
  );
  assert.is(lost.code, "unreachable");
  const { requestId } = lost;
  assert.is(unwrap(await client.saveDefinition(request, { requestId })).version, 1);
  assert.is(unwrap(await client.listVersions({ dashboardId: "unknown" })).versions.length, 1);
});

test("two calls have two ids", async () => {
  for (const _ of [1, 2]) unwrap(await client.render({ dashboardId: "orders" }));
  const [one, other] = relay.takeSeen();
  assert.is.not(one!.requestId, other!.requestId);
});

test("what passes by itself is tried twice more, and then told", async () => {
  const passing: Fate[] = [
    "refuse",
    { status: 502, type: "text/html", body: "a proxy" },
    fault("DEPENDENCY_DOWN", "try again"),
    fault("OVERLOADED", "try again", { retryAfterMs: 10 }),
    fault("IDEMPOTENCY_IN_FLIGHT", "try again", { retryAfterMs: 10 }),
    fault("RATE_LIMITED", "wait", { retryAfterMs: 10 }),
  ];
  for (const fate of passing) {
    relay.fates(fate);
    assert.ok((await client.render({ dashboardId: "orders" })).ok);
    assert.is(relay.takeSeen().length, 2);
  }
  relay.fates("refuse", "refuse", fault("OVERLOADED", "try again"));
  assert.is(errorOf(await client.render({ dashboardId: "orders" })).reason, "OVERLOADED");
  assert.is(relay.takeSeen().length, 3);
});

test("nothing else is tried again", async () => {
  const passing = ["DEPENDENCY_DOWN", "OVERLOADED", "IDEMPOTENCY_IN_FLIGHT"];
  for (const reason of Object.keys(faults).filter((each) => !passing.includes(each))) {
    // A rate without a time to wait is not passing either.
    const retryAfter = reason === "RATE_LIMITED" ? {} : { retryAfterMs: 1 };
    relay.fates(fault(reason as Reason, "no", retryAfter));
    assert.is(errorOf(await client.render({ dashboardId: "orders" })).reason, reason);
    assert.is(relay.takeSeen().length, 1, reason);
  }
});

test("a wait is never shorter than the service says, doubles without its word, and is random", () => {
  const error: ApiError = { code: "unreachable", reason: "", message: "", details: [], requestId: "" };
  const waits = (retryAfterS: number | undefined, random: number) =>
    [1, 2, 3].map((failures) => waitBeforeRetry({ ...error, retryAfterS }, failures, () => random));
  assert.equal(waits(undefined, 0), [100, 200, 400]);
  assert.equal(waits(undefined, 0.5), [150, 300, 600]);
  assert.equal(waits(2, 0), [2_000, 2_000, 2_000]);
  assert.equal(waits(2, 0.5), [2_050, 2_100, 2_200]);
});

test("a wait that does not fit into the deadline is not begun", async () => {
  relay.fates(fault("RATE_LIMITED", "wait", { retryAfterMs: 60_000 }));
  const startMs = performance.now();
  const told = errorOf(await client.render({ dashboardId: "orders" }));
  assert.equal([told.code, told.retryAfterS], ["rate_limited", 60]);
  assert.ok(performance.now() - startMs < 5_000);
});

test("a deadline is over all tries, and the service is told what is left of it", async () => {
  relay.fates("refuse", "hold");
  const told = errorOf(await client.render({ dashboardId: "orders" }, { timeoutMs: 500 }));
  assert.equal([told.code, told.reason, told.status], ["timeout", "TIMEOUT", undefined]);
  const [first, second] = relay.takeSeen().map(({ timeoutMs }) => timeoutMs);
  assert.ok(first! <= 500 && first! > 300, `${first}`);
  assert.ok(second! <= first! - 99, `${first}, ${second}`);
  unwrap(await client.render({ dashboardId: "orders" }));
  const { timeoutMs } = relay.takeSeen()[0]!;
  assert.ok(timeoutMs > 10_000 && timeoutMs <= 15_000, `${timeoutMs}`);
});

test("a deadline is over waits and tokens too", async () => {
  const endless = createDashboardsClient({ baseUrl: relay.url, token: () => new Promise(() => {}), timeoutMs: 20 });
  assert.is(errorOf(await endless.render({ dashboardId: "orders" })).code, "timeout");
  assert.is(relay.takeSeen().length, 0);
});

test("a call can be given up at any time", async () => {
  for (const [fate, afterMs] of [
    ["pass", 0],
    ["hold", 50],
    [fault("OVERLOADED", "wait", { retryAfterMs: 5_000 }), 50],
  ] as const) {
    relay.fates(fate);
    const controller = new AbortController();
    if (afterMs === 0) controller.abort();
    else setTimeout(() => controller.abort(), afterMs);
    const startMs = performance.now();
    const told = errorOf(await client.render({ dashboardId: "orders" }, { signal: controller.signal }));
    assert.equal([told.code, told.reason], ["canceled", "CANCELED"]);
    assert.ok(performance.now() - startMs < 4_000);
  }
});

test.run();

function errorOf(result: Result<unknown>): ApiError {
  if (result.ok) throw new Error("it went well");
  return result.error;
}
