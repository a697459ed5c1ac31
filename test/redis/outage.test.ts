import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { suite } from "../harness.ts";
import { inOneAttempt } from "./attempts.ts";
import { type Answer, type Replica, startReplicas } from "./replicas.ts";
import { noRedis, type RedisServer, startRedis } from "./server.ts";

const test = suite("Redis is out");

if (noRedis === undefined) {
  let server: RedisServer;
  let replicas: readonly [Replica, Replica];
  let close: () => Promise<void>;
  const lines: JsonObject[] = [];
  const log = createLog("info", { write: (line: string) => void lines.push(JSON.parse(line) as JsonObject) });
  /** Waits until both replicas have told so of each of their links, since `lines` was emptied. */
  const until = async (msg: string) => {
    const startMs = performance.now();
    const count = (use: string) => lines.filter((line) => line.msg === msg && line.use === use).length;
    while (!["limits", "results", "news"].every((use) => count(use) >= replicas.length)) {
      assert.ok(performance.now() - startMs < 10_000, `not told of all: ${msg}`);
      await sleep(10);
    }
    lines.splice(0);
  };

  test.before(async () => {
    server = await startRedis("--requirepass", "hunter2");
    const url = server.url.replace("//", "//:hunter2@");
    const started = await startReplicas({ REDIS_URL: url, RATE_PER_SECOND: "10", RATE_BURST: "10" }, log);
    ({ replicas, close } = started);
    await save();
  });
  test.after(async () => {
    await close();
    await server.close();
  });

  const save = async () => {
    const rows = { columns: [{ name: "n" }], rows: [[1]] };
    const layout = { panels: [{ title: "Rows", datasource: "rows", table: {} }] };
    const definition = { dashboard_id: "kept", layout, datasources: [{ id: "rows", inline: rows }] };
    assert.is((await replicas[0].call("/definitions", definition)).status, 200);
  };
  /** Opens a link on both, again and again, while something happens. Returns the answers, and the longest time. */
  const underTraffic = async (happen: () => Promise<void>) => {
    const { json } = await replicas[0].call("/share", { dashboard_id: "kept", expires_in_s: 600 });
    const path = new URL(`${json.url}`).pathname;
    let isOver = false;
    const answers: Answer[] = [];
    let longestMs = 0;
    const visit = async (replica: Replica) => {
      while (!isOver) {
        const startMs = performance.now();
        answers.push(await replica.open(path));
        longestMs = Math.max(longestMs, performance.now() - startMs);
        await sleep(2);
      }
    };
    const visits = replicas.map(visit);
    await happen();
    isOver = true;
    await Promise.all(visits);
    assert.ok(answers.length > 20);
    return { failed: answers.filter(({ status }) => status !== 200), longestMs };
  };

  test("two replicas that are hammered let through what one would, and tell each caller where it stands", () =>
    inOneAttempt(hammerBoth));

  const hammerBoth = async () => {
    const startMs = performance.now();
    const answers: Answer[] = [];
    const hammer = async (replica: Replica) => {
      while (performance.now() - startMs < 1_200) {
        answers.push(...(await Promise.all([1, 2, 3, 4].map(() => replica.call("/definitions")))));
      }
    };
    await Promise.all(replicas.map(hammer));
    const ideal = 10 + ((performance.now() - startMs) / 1000) * 10;
    const allowed = answers.filter(({ status }) => status === 200);
    assert.ok(allowed.length <= ideal + 1 && allowed.length >= ideal - 3, `${allowed.length} of ${ideal}`);
    const refused = answers.find(({ status }) => status === 429)!;
    assert.is(refused.headers.get("ratelimit-policy"), '"default";q=10;w=1');
    assert.match(refused.headers.get("ratelimit")!, /^"default";r=0;t=1$/);
    assert.is(refused.headers.get("retry-after"), "1");
    assert.ok(allowed.some(({ headers }) => headers.get("ratelimit") === '"default";r=9;t=1'));
  };

  test("a Redis that is killed costs no request, and is used again by itself when it is back", async () => {
    lines.splice(0);
    const { failed, longestMs } = await underTraffic(async () => {
      await sleep(200);
      await server.kill();
      await until("Redis is not reached");
      const { status, json } = await replicas[0].ready();
      assert.equal([status, json.redis], [200, "down"]);
      await server.start();
      await until("Redis is reached");
    });
    assert.equal(failed, []);
    assert.ok(longestMs < 2_000, `${longestMs} ms`);
  });

  test("a Redis that is frozen costs no request, and is used again by itself when it goes on", async () => {
    lines.splice(0);
    const { failed, longestMs } = await underTraffic(async () => {
      await sleep(200);
      server.freeze();
      await until("Redis is not reached");
      server.thaw();
      await until("Redis is reached");
    });
    assert.equal(failed, []);
    assert.ok(longestMs < 2_000, `${longestMs} ms`);
  });
} else {
  test.skip("Redis is killed, frozen and returns", noRedis);
}

test.run();
