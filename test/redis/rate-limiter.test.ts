import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import * as assert from "uvu/assert";
import { createRateLimiter, type RateDecision, type RateRule } from "../../src/limit/gcra.ts";
import { createLog } from "../../src/log/log.ts";
import { openLink } from "../../src/redis/link.ts";
import { createSharedRateLimiter } from "../../src/redis/rate-limiter.ts";
import { suite } from "../harness.ts";
import { inOneAttempt } from "./attempts.ts";
import { noRedis, type RedisServer, startRedis } from "./server.ts";

const test = suite("limits that replicas share");
const rule: RateRule = { perSecond: 10, burst: 10 };

if (noRedis === undefined) {
  let server: RedisServer;
  let opened: AsyncDisposableStack;
  test.before(async () => {
    server = await startRedis();
  });
  test.beforeEach(() => {
    opened = new AsyncDisposableStack();
  });
  test.afterEach(() => opened.disposeAsync());
  test.after(() => server.close());

  /** A limiter of a replica of its own. */
  const open = async () => {
    const link = openLink({ url: server.url, use: "limits", log: createLog("silent") });
    opened.defer(link.close);
    await link.tried;
    return { link, limiter: createSharedRateLimiter(link, createRateLimiter({ now: Date.now })) };
  };
  const client = () => {
    const redis = new Redis(server.url);
    opened.defer(() => redis.disconnect());
    return redis;
  };

  test("two replicas that are hammered let through what one would", () => inOneAttempt(hammerBoth));

  const hammerBoth = async (attempt: number) => {
    const replicas = await Promise.all([open(), open()]);
    const startMs = performance.now();
    let allowed = 0;
    const hammer = async ({ limiter }: (typeof replicas)[number]) => {
      while (performance.now() - startMs < 700) {
        const decisions = await Promise.all(Array.from({ length: 5 }, () => limiter.take(`acme ${attempt}`, rule)));
        allowed += decisions.filter((decision) => decision.allowed).length;
      }
    };
    await Promise.all(replicas.map(hammer));
    const ideal = 10 + ((performance.now() - startMs) / 1000) * 10;
    assert.ok(allowed <= ideal + 1, `${allowed} of ${ideal}`);
    assert.ok(allowed >= ideal - 2, `${allowed} of ${ideal}`);
  };

  test("answers are those of the local limiter, whatever the rate", async () => {
    const { limiter } = await open();
    for (const [each, { perSecond, burst }] of [
      [0, { perSecond: 10, burst: 10 }],
      [1, { perSecond: 3, burst: 7 }],
      [2, { perSecond: 1, burst: 1 }],
      [3, { perSecond: 7_000, burst: 2 }],
    ] as const) {
      const local = createRateLimiter({ now: () => 1_000 });
      const by = { perSecond, burst };
      for (let call = 0; call < burst + 2; call += 1) {
        const [own, theirs] = [local.take("k", by), await limiter.take(`same ${each}`, by)];
        // Meanwhile Redis' clock goes on, by less than a call's worth where calls are rare.
        if (perSecond > 1_000) continue;
        assert.equal([theirs.allowed, theirs.remaining], [own.allowed, own.remaining]);
        near(theirs.resetMs, own.resetMs);
        near(theirs.retryAfterMs, own.retryAfterMs);
      }
    }
  });

  test("a call that waits as long as it was told is let in", async () => {
    const { limiter } = await open();
    const fast = { perSecond: 50, burst: 1 };
    await limiter.take("patient", fast);
    const refused = await limiter.take("patient", fast);
    assert.is(refused.allowed, false);
    await sleep(Math.ceil(refused.retryAfterMs) + 1);
    assert.is((await limiter.take("patient", fast)).allowed, true);
  });

  test("a bucket from the future is no emptier than empty, and one that is no number is full", async () => {
    const [{ limiter }, redis] = [await open(), client()];
    await redis.flushall();
    await limiter.take("future", rule);
    const [key] = await redis.keys("*");
    await redis.set(key!, "9007199254740000");
    const { allowed, retryAfterMs } = await limiter.take("future", rule);
    assert.equal([allowed, retryAfterMs], [false, 100]);
    await redis.set(key!, "nonsense");
    assert.is((await limiter.take("future", rule)).remaining, 9);
  });

  test("keys do not tell the tenant, and go by themselves", async () => {
    const [{ limiter }, redis] = [await open(), client()];
    await redis.flushall();
    await limiter.take("acme Render", rule);
    const keys = await redis.keys("*");
    assert.is(keys.length, 1);
    assert.match(keys[0]!, /^dash1:rate:[\w-]{43}$/);
    const leftMs = await redis.pttl(keys[0]!);
    assert.ok(leftMs > 0 && leftMs <= 102, `${leftMs} ms`);
  });

  test("scripts that Redis has forgotten are taught anew", async () => {
    const [{ limiter }, redis] = [await open(), client()];
    await limiter.take("forgotten", rule);
    await redis.script("FLUSH");
    assert.is((await limiter.take("forgotten", rule)).remaining, 8);
  });

  test("a command that Redis refuses leaves the decision to the local limiter, and the link as it is", async () => {
    const [{ limiter, link }, redis] = [await open(), client()];
    await limiter.take("refused", rule);
    for (const key of await redis.keys("*")) await redis.del(key).then(() => redis.lpush(key, "a list"));
    assert.equal([(await limiter.take("refused", rule)).allowed, link.isUp()], [true, true]);
    await redis.flushall();
  });

  test("without Redis the local limiter decides at once, and goes on from what was counted", async () => {
    const { limiter, link } = await open();
    for (let call = 0; call < 6; call += 1) await limiter.take("kept", { perSecond: 1, burst: 10 });
    await server.kill();
    for (let tries = 0; link.isUp(); tries += 1) {
      assert.ok(tries < 1_000);
      await sleep(1);
    }
    const decision = limiter.take("kept", { perSecond: 1, burst: 10 });
    assert.not(decision instanceof Promise, "nothing is waited for");
    assert.is((decision as RateDecision).remaining, 3);
    await server.start();
    for (let tries = 0; !link.isUp(); tries += 1) {
      assert.ok(tries < 1_000);
      await sleep(10);
    }
    assert.is((await limiter.take("kept", { perSecond: 1, burst: 10 })).remaining, 9);
  });
} else {
  test.skip("limits are shared", noRedis);
}

test.run();

/** Within what a busy machine takes between two calls. */
function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 60, `${actual} is not ${expected}`);
}
