/** The judges of rates and pressure, on cases that never were: each says yes to what is right and no to what is not. */
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import type { LoadFigures } from "../load/tally.ts";
import type { Step } from "./corpus.ts";
import { judge, type Seen } from "./judging.ts";
import type { Pressure } from "./pressure.ts";
import { findProperty } from "./properties/table.ts";
import type { CaseRecord, Outcome } from "./record.ts";
import type { Scope } from "./scope.ts";

const test = suite("judges of pressure");

const seen = (count: number, what: Seen): readonly Seen[] => Array.from({ length: count }, () => what);

/** Says whether a property holds for responses of one burst. */
async function holds(name: string, outcomes: readonly Seen[], steps: readonly Step[] = []): Promise<boolean> {
  return (await judge(name, outcomes, { asOne: true, steps })) === undefined;
}

/** Says whether a property holds for what a step has measured. */
async function holdsFor(name: string, pressure: Pressure, world: object = {}, outcomes = 0): Promise<boolean> {
  const scope = { world } as unknown as Scope;
  const judged = await findProperty(name)!(scope);
  const attack = { id: "", name: "", steps: [], expect: { status: [], props: [] } };
  const good = Array.from({ length: outcomes }, () => ({ response: { status: 200 } }) as Outcome);
  const steps = [{ step: { do: "x" }, outcomes: good, pressure }];
  const record: CaseRecord = { attack, steps, published: [] };
  return (await judged(record, scope)) === undefined;
}

test("a burst has at most so many successes", async () => {
  const refused = seen(10, { status: 429 });
  assert.ok(await holds("ok_le_20", [...seen(20, {}), ...refused]));
  assert.not(await holds("ok_le_20", [...seen(21, {}), ...refused]));
  assert.ok(await holds("ok_le_40_documented", seen(40, {})));
  assert.not(await holds("ok_le_40_documented", seen(41, {})));
  assert.ok(await holdsFor("ok_le_40_documented", { shareLimits: true }, {}, 20));
  assert.not(await holdsFor("ok_le_40_documented", { shareLimits: true }, {}, 21));
  assert.ok(await holds("some_429", refused));
  assert.not(await holds("some_429", seen(30, {})));
});

test("a paced step has so many successes a second", async () => {
  const steps = [{ do: "paced", rps: 20, s: 10 }];
  const of = (count: number) => [...seen(count, {}), ...seen(200 - count, { status: 429 })];
  for (const [count, fits] of [
    [89, false],
    [90, true],
    [110, true],
    [111, false],
  ] as const) {
    assert.is(await holds("ok_rate_9_to_11", of(count), steps), fits, `${count}`);
  }
});

test("no second has too many successes, wherever it begins", async () => {
  const at = (sentAtMs: number, count: number) => seen(count, { sentAtMs, latencyMs: 10 });
  assert.ok(await holds("any_1s_window_le_20", [...at(0, 10), ...at(500, 10), ...at(1_000, 10)]));
  assert.not(await holds("any_1s_window_le_20", [...at(600, 10), ...at(1_100, 11)]));
  assert.ok(
    await holds("any_1s_window_le_20", [...at(600, 10), ...at(1_100, 11).map((each) => ({ ...each, status: 429 }))]),
  );
});

test("a refusal says when to come back, and how much is left", async () => {
  const headers = { "ratelimit-policy": '"default";q=10;w=1', ratelimit: '"default";r=0;t=1', "retry-after": "1" };
  assert.ok(await holds("retry_after_on_429", [{ status: 429, headers }, {}]));
  assert.not(await holds("retry_after_on_429", [{ status: 429 }]));
  assert.ok(await holds("ratelimit_headers", [{ headers }]));
  assert.not(await holds("ratelimit_headers", [{ headers: { ...headers, ratelimit: "10" } }]));
  const json = { status: 429, headers: { "content-type": "application/json" } };
  assert.ok(await holds("error_shape_on_429", [{ ...json, body: '{"error":"rate_limited"}' }]));
  assert.not(await holds("error_shape_on_429", [{ ...json, body: '{"error":"too_many"}' }]));
});

test("probes are all good, and so are B's calls, where there were any", async () => {
  assert.ok(await holds("probe_all_200", seen(3, {})));
  assert.not(await holds("probe_all_200", [{}, { status: 503 }]));
  const ofA: Seen = { caller: "A", status: 429 };
  assert.ok(await holds("B_all_200", [ofA, { caller: "B" }]));
  assert.not(await holds("B_all_200", [ofA, { caller: "B", status: 503 }]));
  assert.not(await holds("B_all_200", [ofA]));
});

test("the slowest of a hundred of those that are named is fast enough", async () => {
  const slow = (what: Seen): Seen => ({ ...what, latencyMs: 600 });
  assert.ok(await holds("p99_lt_50_for_429", [...seen(100, { status: 429 }), slow({})]));
  assert.not(await holds("p99_lt_50_for_429", seen(100, slow({ status: 429 }))));
  assert.ok(await holds("B_p99_lt_500", [...seen(100, { caller: "B" }), slow({ caller: "A" })]));
  assert.not(await holds("B_p99_lt_500", seen(2, slow({ caller: "B" }))));
  assert.not(await holds("probe_p99_lt_500", seen(10, slow({}))));
});

test("slow clients are closed in time, each of them", async () => {
  assert.ok(await holdsFor("conns_closed_within_15s", { slowClients: [11_000, 14_999] }));
  assert.not(await holdsFor("conns_closed_within_15s", { slowClients: [11_000, 15_001] }));
  assert.not(await holdsFor("conns_closed_within_15s", { slowClients: [11_000, undefined] }));
});

test("a flood is ended, or costs neither time nor memory", async () => {
  const world = (lagMs: number, grownMib: number) => {
    let looks = 0;
    return { service: { look: async () => ({ loopLagMs: lagMs }), rssMib: () => 100 + (looks++ > 0 ? grownMib : 0) } };
  };
  const ended = { flood: { sent: 1_000, connections: 3, ended: 2 } };
  const goesOn = { flood: { sent: 1_000, connections: 3, ended: 1 } };
  assert.ok(await holdsFor("goaway_or_bounded", ended, world(900, 0)));
  assert.ok(await holdsFor("goaway_or_bounded", goesOn, world(100, 10)));
  assert.not(await holdsFor("goaway_or_bounded", goesOn, world(260, 10)));
  assert.not(await holdsFor("goaway_or_bounded", goesOn, world(100, 200)));
});

test("under overload, goodput stays, and answers are fast, good and bad ones", async () => {
  const latencies = (p99: number, count = 100) => ({ count, p50: 1, p90: 1, p99, max: p99 });
  const load = (good: number, okMs: number, shedMs: number) => {
    const figures = { seconds: 10, ok: latencies(okMs, good * 10), shed: latencies(shedMs) } as LoadFigures;
    return { load: { figures, peakPerSecond: 100 } };
  };
  for (const [name, right, wrong] of [
    ["goodput_ge_80pct", load(80, 1, 1), load(79, 1, 1)],
    ["p99_ok_lt_1000", load(80, 999, 1), load(80, 1_000, 1)],
    ["shed_fast_lt_50", load(80, 1, 49), load(80, 1, 50)],
  ] as const) {
    assert.ok(await holdsFor(name, right), name);
    assert.not(await holdsFor(name, wrong), name);
  }
  assert.not(await holdsFor("goodput_ge_80pct", {}));
});

test("nothing goes on for callers that have left", async () => {
  const world = { service: { look: async () => ({ unanswered: 0 }) }, database: { busyConnections: async () => 0 } };
  const busy = { service: { look: async () => ({ unanswered: 1 }) }, database: { busyConnections: async () => 1 } };
  for (const name of ["inflight_zero", "pool_idle_all"]) {
    assert.ok(await holdsFor(name, {}, world), name);
    assert.not(await holdsFor(name, {}, busy), name);
  }
});

test.run();
