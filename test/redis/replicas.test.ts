import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import { Redis } from "ioredis";
import * as assert from "uvu/assert";
import { runTenantCommand } from "../../src/command/tenant-command.ts";
import { startWebService, type Upstream } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { inOneAttempt } from "./attempts.ts";
import { type Replica, startReplicas } from "./replicas.ts";
import { noRedis, type RedisServer, startRedis } from "./server.ts";

const test = suite("replicas over Redis");

/** Well under the second after which a replica asks the store by itself. */
const soonMs = 400;

if (noRedis === undefined) {
  let server: RedisServer;
  let web: Upstream;
  let asked: string[] = [];
  let isDown: string[] = [];
  let a: Replica;
  let b: Replica;
  let close: () => Promise<void>;
  let ownerUrl: string;
  let declared = 0;

  test.before(async () => {
    server = await startRedis("--requirepass", "hunter2");
    web = await startWebService((request, response) => {
      asked.push(request.url!);
      response.statusCode = isDown.includes(request.url!) ? 500 : 200;
      const rows = [{ region: "IN", at: request.url! }];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ rows }));
    });
    const started = await startReplicas({
      REDIS_URL: server.url.replace("//", "//:hunter2@"),
      ALLOWED_HOSTS: `127.0.0.1:${web.port}`,
    });
    ({ close, ownerUrl } = started);
    [a, b] = started.replicas;
    await connect("");
  });
  test.after(async () => {
    await close();
    await web.close();
    await server.close();
  });

  const connect = async (path: string) => {
    const url = `http://127.0.0.1:${web.port}${path}`;
    assert.is((await a.call("/connections", { name: "web", http: { url } })).status, 200);
  };
  const save = async (id: string, title = id, path = `/${id}`) => {
    const panels = [{ title: "Rows", datasource: "rows", table: {} }];
    const datasources = [{ id: "rows", ttl_s: 60, http: { connection: "web", path, rows: "/rows" } }];
    const saved = await a.call("/definitions", { dashboard_id: id, layout: { title, panels }, datasources });
    assert.is(saved.status, 200, saved.text);
  };
  const render = async (replica: Replica, id: string, rest: JsonObject = {}) => {
    const { status, json } = await replica.call("/render", { dashboard_id: id, ...rest });
    return { status, html: `${json.html}`, json };
  };
  /** Declares a test of what replicas do together, by dashboards of its own. */
  const shares = (name: string, act: (id: string) => Promise<void>) => {
    declared += 1;
    const id = `d${declared}`;
    test(name, () => inOneAttempt((attempt) => act(`${id}-${attempt}`)));
  };
  /** Tries until it is so, for a moment. */
  const soon = async (what: string, isSo: () => Promise<boolean>) => {
    const startMs = performance.now();
    while (!(await isSo())) {
      assert.ok(performance.now() - startMs < soonMs, `${what} is not seen soon`);
      await sleep(5);
    }
  };

  /** Waits until replicas have had the time to share what they have. */
  const settle = () => sleep(50);

  shares("what one has rendered the other answers to the byte, and no source is asked", async (id) => {
    await save(id);
    asked = [];
    const first = await render(a, id);
    await settle();
    const second = await render(b, id);
    assert.equal([first.status, second.status, asked], [200, 200, [`/${id}`]]);
    assert.equal(second.html, first.html);
    assert.equal([second.json.digest, second.json.panels], [first.json.digest, first.json.panels]);
    assert.ok(Number(second.json.ttl_s) <= Number(first.json.ttl_s) && Number(second.json.ttl_s) > 50);
  });

  shares("rows that one has read the other draws in its own way, as old as they are", async (id) => {
    await save(id);
    asked = [];
    const first = await render(a, id);
    await sleep(1_100);
    const second = await render(b, id, { theme: "dark" });
    assert.equal([second.status, asked], [200, [`/${id}`]]);
    assert.not.equal(second.html, first.html);
    const asOf = (json: JsonObject) => Date.parse((json.panels as { as_of: string }[])[0]!.as_of);
    assert.ok(Math.abs(asOf(second.json) - asOf(first.json)) < 50, "clocks of one machine");
    assert.ok(Number(second.json.ttl_s) < 60);
  });

  test("a failure is not shared", async () => {
    await save("failing");
    asked = [];
    isDown = ["/failing"];
    const failed = await render(a, "failing");
    isDown = [];
    const good = await render(b, "failing");
    assert.equal([failed.status, good.status, asked], [503, 200, ["/failing", "/failing"]]);
  });

  shares("a page that lacks something is not shared, and what it has is", async (id) => {
    const layout = { panels: ["good", "bad"].map((datasource) => ({ title: datasource, datasource, table: {} })) };
    const at = (id: string, path: string) => ({ id, http: { connection: "web", path, rows: "/rows" } });
    const [good, bad] = [`/${id}/good`, `/${id}/bad`];
    const datasources = [at("good", good), at("bad", bad)];
    assert.is((await a.call("/definitions", { dashboard_id: id, layout, datasources })).status, 200);
    asked = [];
    isDown = [bad];
    const half = await render(a, id);
    isDown = [];
    await settle();
    const whole = await render(b, id);
    assert.equal([half.json.partial, whole.json.partial ?? false], [true, false]);
    assert.equal(asked.toSorted(), [bad, bad, good]);
  });

  shares("a save on one is rendered by the other at once", async (id) => {
    for (let round = 1; round <= 3; round += 1) {
      await save(id, `Round ${round}`);
      await soon("the save", async () => (await render(b, id)).html.includes(`Round ${round}`));
    }
  });

  shares("an archived dashboard is gone on the other at once", async (id) => {
    await save(id);
    assert.is((await render(b, id)).status, 200);
    const { status } = await fetch(`${a.url}/api/v1/data-consumption/dashboards/definitions/${id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${a.token}` },
    });
    assert.is(status, 200);
    await soon("the archiving", async () => (await render(b, id)).status === 404);
  });

  shares("a link that is revoked on one is dead on the other at once, and here, too", async (id) => {
    await save(id);
    const { json } = await a.call("/share", { dashboard_id: id, expires_in_s: 600 });
    const path = new URL(`${json.url}`).pathname;
    assert.equal([(await a.open(path)).status, (await b.open(path)).status], [200, 200]);
    const { status } = await fetch(`${a.url}/api/v1/data-consumption/dashboards/shares/${json.share_id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${a.token}` },
    });
    assert.is(status, 200);
    assert.is((await a.open(path)).status, 404);
    await soon("the revocation", async () => (await b.open(path)).status === 404);
  });

  shares("a connection that leads elsewhere is read anew by the other at once", async (id) => {
    await connect("");
    await save(id);
    await render(b, id);
    await connect("/elsewhere");
    await soon("the connection", async () => (await render(b, id)).html.includes(`/elsewhere/${id}`));
  });

  shares("a tenant that an operator suspends is refused by both at once", async (id) => {
    await save(id);
    const env = { DATABASE_MIGRATE_URL: ownerUrl, REDIS_URL: server.url.replace("//", "//:hunter2@") };
    const order = (name: string) => runTenantCommand([name, "acme"], { env, say: () => {}, progress: () => {} });
    const answers = async () => Promise.all([a, b].map(async (each) => (await render(each, id)).status));
    try {
      assert.equal(await answers(), [200, 200]);
      await order("suspend");
      await soon("the suspension", async () => `${await answers()}` === "403,403");
    } finally {
      await order("resume");
    }
    await soon("its end", async () => `${await answers()}` === "200,200");
  });

  shares("messages that are none of ours are passed over", async (id) => {
    const redis = new Redis(server.port, { password: "hunter2" });
    for (const text of [
      "",
      "{",
      "[]",
      '["dashboard","acme"]',
      '["other","acme","x"]',
      '["link",1,2]',
      "x".repeat(3_000),
    ]) {
      assert.is(await redis.publish("dash1:news", text), 2);
    }
    redis.disconnect();
    await save(id, "Before");
    assert.match((await render(b, id)).html, "Before");
    await save(id, "After");
    await soon("the save", async () => (await render(b, id)).html.includes("After"));
  });

  shares("the state of Redis is told, and does not make a replica unready", async () => {
    const { status, json } = await a.ready();
    assert.equal([status, json], [200, { status: "ready", database: "up", redis: "up" }]);
  });
} else {
  test.skip("two replicas share limits, results and news", noRedis);
}

test.run();
