import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createNews } from "../../src/cache/news.ts";
import { createLog } from "../../src/log/log.ts";
import { openLink } from "../../src/redis/link.ts";
import { createSharedNews, listenForNews } from "../../src/redis/news.ts";
import { suite } from "../harness.ts";
import { type Replica, startReplicas } from "./replicas.ts";
import { noRedis, type RedisServer, startRedis } from "./server.ts";

const test = suite("the speed of what replicas share");

/** What a request may take longer where Redis is dead or frozen. */
const extraMs = 50;

if (noRedis === undefined) {
  let server: RedisServer;
  let replica: Replica;
  let close: () => Promise<void>;
  test.before(async () => {
    server = await startRedis();
    const started = await startReplicas({ REDIS_URL: server.url });
    close = started.close;
    replica = started.replicas[0];
    const rows = { columns: [{ name: "n" }], rows: [[1]] };
    const layout = { panels: [{ title: "Rows", datasource: "rows", table: {} }] };
    const datasources = [{ id: "rows", inline: rows }];
    assert.is((await replica.call("/definitions", { dashboard_id: "x", layout, datasources })).status, 200);
  });
  test.after(async () => {
    await close();
    await server.close();
  });

  let zone = 0;
  /** Renders what no replica has yet. Returns the milliseconds. */
  const render = async () => {
    zone += 1;
    const startMs = performance.now();
    const { status } = await replica.call("/render", { dashboard_id: "x", timezone: zones[zone]! });
    assert.is(status, 200);
    return performance.now() - startMs;
  };
  const renders = async (count: number) => {
    const took: number[] = [];
    for (let at = 0; at < count; at += 1) took.push(await render());
    return took;
  };
  const isUp = async () => (await replica.ready()).json.redis === "up";
  const untilUp = async () => {
    for (let tries = 0; !(await isUp()); tries += 1) {
      assert.ok(tries < 200);
      await sleep(50);
    }
  };

  test("a Redis that is frozen or dead costs a render at most 50 ms", async () => {
    await renders(20);
    const usualMs = Math.max(...(await renders(20)));
    server.freeze();
    const frozenMs = Math.max(...(await renders(20)));
    server.thaw();
    await untilUp();
    await server.kill();
    const deadMs = Math.max(...(await renders(20)));
    await server.start();
    await untilUp();
    console.log(
      `usual ${usualMs.toFixed(1)} ms, frozen ${frozenMs.toFixed(1)} ms, dead ${deadMs.toFixed(1)} ms at most`,
    );
    assert.ok(frozenMs >= 25, "a call waited for it");
    assert.ok(frozenMs <= usualMs + extraMs, `${frozenMs} ms, usually ${usualMs} ms`);
    assert.ok(deadMs <= usualMs + extraMs, `${deadMs} ms, usually ${usualMs} ms`);
  });

  test("99 of 100 news are heard within some milliseconds", async () => {
    const log = createLog("silent");
    const far = createNews();
    const out = openLink({ url: server.url, use: "limits", log });
    const into = openLink({ url: server.url, use: "news", log, prepare: (redis) => listenForNews(redis, far) });
    await Promise.all([out.tried, into.tried]);
    const news = createSharedNews(out, createNews());
    const took: number[] = [];
    let told = performance.now();
    far.hear("dashboard", () => took.push(performance.now() - told));
    for (let at = 0; at < 300; at += 1) {
      told = performance.now();
      news.tell("dashboard", "acme", `${at}`);
      await sleep(1);
      while (took.length <= at) await sleep(1);
    }
    took.sort((a, b) => a - b);
    console.log(`news: p50 ${took[150]!.toFixed(2)} ms, p99 ${took[297]!.toFixed(2)} ms`);
    assert.ok(took[297]! < 25, `${took[297]} ms`);
    out.close();
    into.close();
  });
} else {
  test.skip("a frozen Redis costs at most 50 ms", noRedis);
}

const zones = Intl.supportedValuesOf("timeZone");

test.run();
