import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createRateLimiter } from "../../src/limit/gcra.ts";
import { createLog } from "../../src/log/log.ts";
import { openReplicas } from "../../src/main/replicas.ts";
import { type LinkOptions, openLink } from "../../src/redis/link.ts";
import { suite } from "../harness.ts";
import { noRedis, type RedisServer, startRedis } from "./server.ts";

const test = suite("links to Redis");
const probeMs = 50;
let opened: AsyncDisposableStack;
const lines: string[] = [];
const log = createLog("info", { write: (line: string) => void lines.push(line) });

test.beforeEach(() => {
  opened = new AsyncDisposableStack();
  lines.splice(0);
});
test.afterEach(() => opened.disposeAsync());

const open = (url: string, rest: Partial<LinkOptions> = {}) => {
  const link = openLink({ url, use: "limits", log, probeMs, ...rest });
  opened.defer(link.close);
  return link;
};
const until = async (isSo: () => boolean) => {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 1_000, "for ever");
    await sleep(10);
  }
};

test("a process begins without Redis, and no line of the log has its address or password", async () => {
  const replicas = await openReplicas({
    config: { redisUrl: "redis://someone:hunter2@127.0.0.1:1/0", redisCacheMaxBytes: 1_000_000, publicUrl: undefined },
    limiter: createRateLimiter({ now: Date.now }),
    secrets: { keyFor: () => new Uint8Array(32) },
    now: Date.now,
    log,
  });
  opened.defer(replicas.close);
  const startMs = performance.now();
  await replicas.begun();
  assert.ok(performance.now() - startMs < 2_000);
  const decision = replicas.limiter.take("acme Render", { perSecond: 10, burst: 10 });
  assert.not(decision instanceof Promise, "nothing is waited for");
  assert.equal(replicas.state(), { redis: "down" });
  assert.is(await replicas.shared.get({ tenant: "acme", key: "x" }), undefined);
  replicas.shared.put({ tenant: "acme", key: "x" }, 1_000, () => {
    throw new Error("nobody would take it");
  });
  await sleep(20);
  const told = lines.map((line) => JSON.parse(line) as JsonObject).map(({ level, msg, use }) => [level, msg, use]);
  const reason = ["warn", "Redis is not reached"];
  assert.equal(
    told.sort(),
    ["limits", "news", "results"].map((use) => [...reason, use]),
  );
  assert.match(lines[0]!, "ECONNREFUSED");
  assert.not.match(lines.join(""), /hunter2|someone|127\.0\.0\.1/);
});

if (noRedis === undefined) {
  let server: RedisServer;
  test.before(async () => {
    server = await startRedis("--requirepass", "hunter2");
  });
  test.after(() => server.close());
  const good = () => server.url.replace("//", "//:hunter2@");

  test("a password that Redis does not take is told as such, once, and never is the password", async () => {
    const link = open(server.url.replace("//", "//:wrong-one@"));
    await sleep(10 * probeMs);
    assert.is(link.isUp(), false);
    const told = lines.map((line) => JSON.parse(line) as JsonObject).map(({ msg, refusal }) => [msg, refusal]);
    assert.equal(told, [
      ["Redis refused a command", "WRONGPASS"],
      ["Redis is not reached", undefined],
    ]);
    assert.not.match(lines.join(""), /wrong-one|127\.0\.0\.1/);
  });

  test("one call that gets no answer shuts the link for all, and a probe opens it", async () => {
    const link = open(good());
    await link.tried;
    const behind = open(good(), { use: "results", behind: link });
    await behind.tried;
    assert.is(await link.ask((redis) => redis.get("x")), null);
    server.freeze();
    const startMs = performance.now();
    assert.equal(await Promise.all([1, 2, 3].map(() => link.ask((redis) => redis.get("x")))), Array(3).fill(undefined));
    assert.ok(performance.now() - startMs < 500);
    let asked = 0;
    const count = async () => {
      asked += 1;
    };
    await Promise.all([link.ask(count), link.give(count), behind.ask(count)]);
    assert.equal([asked, link.isUp(), behind.isUp()], [0, false, false], "nobody waits for what is known to be away");
    server.thaw();
    await until(() => behind.isUp());
    assert.is(await behind.ask((redis) => redis.get("x")), null);
  });

  test("silence of what waits behind a link leaves that one open", async () => {
    const link = open(good());
    const behind = open(good(), { use: "results", behind: link });
    await Promise.all([link.tried, behind.tried]);
    assert.is(await behind.ask(() => sleep(1_000)), undefined);
    assert.equal([link.isUp(), behind.isUp()], [true, false]);
    await until(() => behind.isUp());
  });

  test("an answer that came while this process was busy is in time", async () => {
    const link = open(good());
    await link.tried;
    const answer = link.ask((redis) => redis.ping());
    await new Promise((resolve) => setImmediate(resolve));
    const endMs = performance.now() + 200;
    while (performance.now() < endMs);
    assert.equal([await answer, link.isUp()], ["PONG", true]);
  });

  test("what was given waits longer, and ends with the link", async () => {
    const link = open(good());
    await link.tried;
    assert.is(await link.give((redis) => sleep(100).then(() => redis.ping())), "PONG");
    server.freeze();
    const given = link.give((redis) => redis.ping());
    await sleep(1);
    link.close();
    assert.is(await given, undefined);
    server.thaw();
  });

  test("a connection that stays silent is made anew, while others are answered", async () => {
    const halves: Socket[] = [];
    const proxy = createServer((near) => {
      const far = connect(server.port, "127.0.0.1");
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const)
        from.on("error", () => to.destroy()).pipe(to);
      halves.push(near, far);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    opened.defer(() => {
      proxy.close();
      for (const half of halves) half.destroy();
    });
    const link = open(good().replace(`${server.port}`, `${(proxy.address() as AddressInfo).port}`));
    await link.tried;
    assert.is(link.isUp(), true);
    for (const half of halves.splice(0)) half.unpipe().on("error", () => {});
    await until(() => !link.isUp());
    await until(() => link.isUp());
    assert.is(await link.ask((redis) => redis.ping()), "PONG");
  });

  test("a Redis that is frozen, killed and started is connected to anew", async () => {
    const link = open(good());
    await link.tried;
    let prepared = 0;
    const news = open(good(), {
      prepare: async (redis) => {
        await redis.subscribe("x");
        prepared += 1;
      },
    });
    await news.tried;
    assert.is(prepared, 1);
    server.freeze();
    await until(() => !link.isUp() && !news.isUp());
    await sleep(6 * probeMs);
    await server.kill();
    await server.start();
    await until(() => link.isUp() && news.isUp());
    assert.equal([prepared, await link.ask((redis) => redis.ping())], [2, "PONG"]);
  });
} else {
  test.skip("a Redis that is silent is left alone", noRedis);
}

test.run();
