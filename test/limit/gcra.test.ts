import fc from "fast-check";
import { equal, is, ok } from "uvu/assert";
import { createRateLimiter, type RateRule } from "../../src/limit/gcra.ts";
import { rateLimitHeaders } from "../../src/limit/rate-limit-headers.ts";
import { suite } from "../harness.ts";
import { heapBytes } from "./heap-bytes.ts";

const test = suite("rate limits");

const rule: RateRule = { perSecond: 10, burst: 10 };

function start(maxKeys?: number) {
  const clock = { ms: 1_767_225_600_000 };
  const limiter = createRateLimiter({ now: () => clock.ms, ...(maxKeys !== undefined && { maxKeys }) });
  const takeMany = (key: string, count: number, by = rule) =>
    Array.from({ length: count }, () => limiter.take(key, by).allowed).filter(Boolean).length;
  return { clock, ...limiter, takeMany };
}

test("a burst passes, and then one call per tenth of a second, to the microsecond", () => {
  const { clock, takeMany } = start();
  is(takeMany("a", 50), 10);
  clock.ms += 99.999;
  is(takeMany("a", 50), 0);
  clock.ms += 0.001;
  is(takeMany("a", 50), 1);
  clock.ms += 1_000;
  is(takeMany("a", 50), 10);
  clock.ms += 3_600_000;
  is(takeMany("a", 50), 10);
});

test("a decision counts down, and tells when to come again", () => {
  const { clock, take } = start();
  equal(take("a", rule), { allowed: true, remaining: 9, resetMs: 100, retryAfterMs: 0 });
  for (let i = 0; i < 8; i++) take("a", rule);
  equal(take("a", rule), { allowed: true, remaining: 0, resetMs: 1000, retryAfterMs: 0 });
  clock.ms += 30;
  equal(take("a", rule), { allowed: false, remaining: 0, resetMs: 970, retryAfterMs: 70 });
  clock.ms += 70;
  is(take("a", rule).allowed, true);
});

test("a refused call costs nothing", () => {
  const { clock, takeMany } = start();
  is(takeMany("a", 1_000), 10);
  clock.ms += 500;
  is(takeMany("a", 1_000), 5);
});

test("each key has its own bucket", () => {
  const { takeMany } = start();
  is(takeMany("a", 50), 10);
  is(takeMany("b", 50), 10);
  is(takeMany("__proto__", 50), 10);
});

test("whatever the calls, no second lets more through than the burst and the rate; who waits gets through", () => {
  const rules = fc.record({ perSecond: fc.integer({ min: 1, max: 60 }), burst: fc.integer({ min: 1, max: 30 }) });
  const gapsMs = fc.array(fc.oneof(fc.constant(0), fc.nat(5), fc.nat(400)), { maxLength: 300 });
  fc.assert(
    fc.property(rules, gapsMs, (by, gaps) => {
      const { clock, take } = start();
      const passed: number[] = [];
      for (const gapMs of gaps) {
        clock.ms += gapMs;
        const { allowed, retryAfterMs } = take("a", by);
        if (allowed) passed.push(clock.ms);
        is(retryAfterMs > 0, !allowed);
      }
      for (const [i, fromMs] of passed.entries()) {
        const inSecond = passed.slice(i).filter((ms) => ms <= fromMs + 1_000).length;
        ok(inSecond <= by.burst + by.perSecond, `${inSecond} calls in a second`);
      }
      let wait = take("a", by);
      while (wait.allowed) wait = take("a", by);
      clock.ms += wait.retryAfterMs;
      ok(take("a", by).allowed);
    }),
    { numRuns: 200 },
  );
});

test("callers who never wait get the whole rate", () => {
  for (const by of [rule, { perSecond: 10, burst: 20 }, { perSecond: 3, burst: 1 }, { perSecond: 50, burst: 50 }]) {
    const { clock, takeMany } = start();
    let passed = takeMany("a", 100, by);
    for (let ms = 0; ms < 10_000; ms++) {
      clock.ms += 1;
      passed += takeMany("a", 3, by);
    }
    // A rate that does not divide a second falls short by a few microseconds a call.
    ok(Math.abs(passed - (by.burst + 10 * by.perSecond)) <= 1, `${passed} calls`);
  }
});

test("a rate that does not divide a second is not exceeded", () => {
  const { clock, takeMany } = start();
  const by = { perSecond: 600_000, burst: 1 };
  clock.ms = 0;
  let passed = 0;
  for (let us = 0; us < 1_000; us++) {
    clock.ms = us / 1_000;
    passed += takeMany("a", 2, by);
  }
  ok(passed <= 601, `${passed} calls in a millisecond`);
});

test("a clock that is set back refuses no longer than an empty bucket does", () => {
  const { clock, takeMany, take } = start();
  takeMany("a", 50);
  clock.ms -= 3_600_000;
  ok(take("a", rule).retryAfterMs <= 100);
  clock.ms += 100;
  ok(take("a", rule).allowed);
});

test("a rule that was lowered holds at once", () => {
  const { takeMany, take } = start();
  takeMany("a", 50, { perSecond: 1, burst: 100 });
  ok(take("a", rule).retryAfterMs <= 100);
});

test("a flood of keys is bounded, and pushes out those used longest ago", () => {
  const { takeMany } = start(100);
  is(takeMany("busy", 50), 10);
  for (let i = 0; i < 10_000; i++) {
    takeMany(`flood ${i}`, 1);
    if (i % 50 === 0) is(takeMany("busy", 1), 0, "a key in use stays");
  }
  is(takeMany("flood 9999", 50), 9);
  is(takeMany("flood 1", 50), 10, "a key of long ago is forgotten");
});

test("keys that are full again take no memory", () => {
  const { clock, take } = start();
  const before = heapBytes();
  for (let i = 0; i < 200_000; i++) {
    take(`${"k".repeat(200)}${i}`, rule);
    clock.ms += 1;
  }
  ok(heapBytes() - before < 2_000_000);
  is(take("k", rule).remaining, 9, "the limiter must outlive the measurement");
});

test("headers follow the draft, with whole seconds rounded up", () => {
  const { take } = start();
  const first = take("a", rule);
  equal(rateLimitHeaders("default", rule, first), {
    "RateLimit-Policy": '"default";q=10;w=1',
    RateLimit: '"default";r=9;t=1',
  });
  const slow = { perSecond: 10, burst: 25 };
  const refused = { allowed: false, remaining: 0, resetMs: 2_401, retryAfterMs: 1_001 };
  equal(rateLimitHeaders("links", slow, refused), {
    "RateLimit-Policy": '"links";q=25;w=3',
    RateLimit: '"links";r=0;t=3',
    "Retry-After": "2",
  });
});

test.run();
