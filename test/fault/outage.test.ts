import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethodUnary, JsonObject } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createProtocols } from "../contract/protocols.ts";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { startTestService, type TestService } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";
import { createProxy, type Proxy as DatabaseProxy } from "../store/proxy.ts";

const test = suite("the database is out");
let proxy: DatabaseProxy;
let service: TestService;

test.before(async () => {
  const database = await createTestDatabase();
  proxy = await createProxy(database.url);
  service = await startTestService({ DATABASE_URL: proxy.url, DATABASE_MIGRATE_URL: database.ownerUrl });
  for (const id of ["known", "refused", "vanish"]) await service.save("acme", dashboard(id));
});
test.after(async () => {
  await service.close();
  await proxy.close();
});

/** How it goes out, and how long callers then wait at most: a host that vanished says nothing, not even no. */
const ways = [
  {
    how: "connections are refused",
    unread: "refused",
    waits: { keptMs: 500, refusedMs: 1_000 },
    down: () => proxy.shut(),
    up: () => proxy.open(),
  },
  {
    how: "bytes vanish",
    unread: "vanish",
    waits: { keptMs: 1_000, refusedMs: 2_000 },
    down: async () => proxy.swallow(true),
    up: async () => proxy.swallow(false),
  },
] as const;

for (const way of ways) {
  const { how, unread, waits } = way;

  test(`while ${how} what was rendered is still answered, and the rest is 503 soon`, async () => {
    assert.is((await service.post("/render", { dashboard_id: "known" })).status, 200);
    // Beyond the second for which the database is not asked again, so that it is asked in vain.
    await sleep(1_100);
    const [kept, ...refused] = await during(way, async () => [
      await timed(service.post("/render", { dashboard_id: "known" })),
      ...(await Promise.all([
        timed(service.post("/render", { dashboard_id: unread })),
        timed(service.post("/share", { dashboard_id: "known", expires_in_s: 60 })),
        timed(service.post("/definitions", dashboard("unsaved"))),
      ])),
    ]);
    assert.is(kept!.status, 200);
    assert.match((kept!.body as { html: string }).html, "<div");
    assert.ok(kept!.ms < waits.keptMs, `${kept!.ms} ms`);
    assert.is(refused.length, 3);
    for (const { status, body, retryAfter, ms } of refused) {
      assert.equal([status, body.error], [503, "dependency_down"]);
      assert.match(retryAfter ?? "", /^[1-9]\d*$/);
      assert.ok(ms < waits.refusedMs, `${ms} ms`);
    }
  });

  test(`while ${how} /readyz says at once that the service is ready and its database is down`, async () => {
    const { status, body, ms } = await during(way, async () => {
      // An answer to a probe serves for a second.
      await sleep(1_000);
      return timed(fetch(`${service.url}/readyz`));
    });
    assert.equal([status, body], [200, { status: "ready", database: "down" }]);
    assert.ok(ms < 900, `${ms} ms`);
  });

  test(`after ${how} all works within 2 s, in the same process`, async () => {
    const before = await during(way, () => service.post("/render", { dashboard_id: unread }));
    assert.is(before.status, 503);
    const begun = performance.now();
    while ((await service.post("/definitions", dashboard("recovered"))).status !== 200) await sleep(20);
    assert.is((await service.post("/render", { dashboard_id: unread })).status, 200);
    assert.ok(performance.now() - begun < 2_000);
    const databaseState = async () =>
      ((await (await fetch(`${service.url}/readyz`)).json()) as { database: string }).database;
    while ((await databaseState()) !== "up") await sleep(50);
    assert.ok(performance.now() - begun < 3_500, "the probe asks the database once a second");
  });
}

test("gRPC callers are told UNAVAILABLE", async () => {
  const protocols = createProtocols(service.url);
  const headers = { authorization: `Bearer ${await service.token({})}` };
  const render = DashboardsService.method.render as DescMethodUnary;
  const { code, reason } = await during(ways[0], () => protocols.grpc(render, { dashboard_id: "never" }, headers));
  protocols.close();
  assert.equal([code, reason], [Code.Unavailable, "DEPENDENCY_DOWN"]);
});

test("an embedded server that is killed comes back under the service, with all that was acknowledged", async () => {
  const folder = createDataFolder();
  try {
    const { post, get, signal, ended } = await folder.start();
    const killed = (await folder.databasePid())!;
    process.kill(killed, "SIGKILL");
    const begun = performance.now();
    const acknowledged: number[] = [];
    // Its children may still answer for a moment: what they acknowledge must hold, too.
    for (let n = 1, back = false; !back; n += 1) {
      const server = await folder.databasePid();
      const { status } = await post("/definitions", dashboard(`save_${n}`));
      if (status === 200) acknowledged.push(n);
      back = status === 200 && server !== undefined && server !== killed;
      await sleep(10);
    }
    assert.ok(performance.now() - begun < 5_000);
    for (const n of acknowledged) assert.is((await get(`/definitions/save_${n}`)).status, 200);
    signal("SIGTERM");
    assert.is(await ended, 0);
  } finally {
    await folder.remove();
  }
});

test.run();

function dashboard(id: string): JsonObject {
  return { dashboard_id: id, layout: { title: id, panels: [{ text: { markdown: id } }] }, datasources: [] };
}

/** Does the work while the database is out. */
async function during<T>({ down, up }: (typeof ways)[number], work: () => Promise<T>): Promise<T> {
  await down();
  try {
    return await work();
  } finally {
    await up();
  }
}

/** Waits for the whole answer, and says how long it took. */
async function timed(call: Promise<Response>) {
  const begun = performance.now();
  const response = await call;
  const body = (await response.json()) as JsonObject;
  const ms = Math.round(performance.now() - begun);
  return { status: response.status, body, retryAfter: response.headers.get("retry-after"), ms };
}
