import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import * as assert from "uvu/assert";
import { createNews } from "../../src/cache/news.ts";
import { createRateLimiter } from "../../src/limit/gcra.ts";
import { createLog } from "../../src/log/log.ts";
import { openReplicas, type Replicas } from "../../src/main/replicas.ts";
import { parseSections, readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { noRedis, startRedis } from "./server.ts";

const test = suite("the user that the runbook makes in Redis");

if (noRedis === undefined) {
  test("it may do all that replicas need, and nothing else", async () => {
    const section = parseSections(readDocument("docs/runbook.md")).find(({ title }) => title === "Redis")!;
    const [, name, ...rules] = section.blocks[0]!.text.trim().split(" ");
    await using opened = new AsyncDisposableStack();
    const server = await startRedis();
    opened.defer(server.close);
    const admin = new Redis(server.url);
    opened.defer(() => admin.disconnect());
    await admin.acl("SETUSER", name!, ...rules);
    const url = server.url.replace("//", `//${name}:change-me-5@`);

    const lines: string[] = [];
    const open = async (): Promise<Replicas> => {
      const replicas = await openReplicas({
        config: { redisUrl: `${url}/2`, redisCacheMaxBytes: 1_048_576, publicUrl: "https://links.test" },
        limiter: createRateLimiter({ now: Date.now }),
        secrets: { keyFor: () => new Uint8Array(32) },
        now: Date.now,
        log: createLog("info", { write: (line: string) => void lines.push(line) }),
      });
      opened.defer(replicas.close);
      await replicas.begun();
      assert.equal(replicas.state(), { redis: "up" });
      return replicas;
    };
    const [a, b] = [await open(), await open()];
    const by = { perSecond: 1, burst: 10 };
    await a.limiter.take("x", by);
    assert.is((await b.limiter.take("x", by)).remaining, 8);
    // Enough for the oldest to be forgotten.
    for (let at = 0; at < 8; at += 1)
      a.shared.put({ tenant: "acme", key: `${at}` }, 60_000, () => Buffer.alloc(200_000));
    const heard = new Promise((resolve) => b.news.hear("link", (tenant, id) => resolve([tenant, id])));
    a.news.tell("link", "acme", "x");
    assert.equal(await heard, ["acme", "x"]);
    for (let tries = 0; (await b.shared.get({ tenant: "acme", key: "7" })) === undefined; tries += 1) {
      assert.ok(tries < 100);
      await sleep(20);
    }
    assert.not.match(lines.join(""), "refused");

    const own = new Redis(url);
    opened.defer(() => own.disconnect());
    const mayNot = async (command: Promise<unknown>) =>
      assert.match(await command.then(String, (error: Error) => error.message), "NOPERM");
    await mayNot(own.get("another"));
    await mayNot(own.flushall());
    await mayNot(own.keys("*"));
    await mayNot(own.publish("another", "x"));
    await mayNot(own.config("GET", "*"));
  });
} else {
  test.skip("it may do all that replicas need", noRedis);
}

test("news stay in a process that has no Redis, and reach all who hear", () => {
  const news = createNews();
  const heard: string[] = [];
  news.hear("link", (tenant, id) => heard.push(`one ${tenant} ${id}`));
  news.hear("link", (tenant, id) => heard.push(`two ${tenant} ${id}`));
  news.hear("dashboard", () => heard.push("another"));
  news.tell("link", "acme", "x");
  assert.equal(heard, ["one acme x", "two acme x"]);
});

test.run();
