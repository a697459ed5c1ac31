import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethodUnary } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type Connection, connect as connectDatabase } from "../../src/store/connection.ts";
import { createProtocols } from "../contract/protocols.ts";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { createTestDatabase, type TestDatabase } from "../store/database.ts";

const test = suite("draining a process");
const save = DashboardsService.method.saveDefinition as DescMethodUnary;
const folder = createDataFolder();
let database: TestDatabase;
let held: Connection;

test.before(async () => {
  database = await createTestDatabase();
});
test.beforeEach(async () => {
  held = await connectDatabase(database.ownerUrl, { session: false, withinMs: 1_000 });
});
test.afterEach(() => held.end());
test.after(() => folder.remove());

test("SIGTERM: what is in flight is answered over each protocol, and nothing more is taken", async () => {
  const { service, calls, release } = await startBusy();
  const readiness = new Set<string>();
  const probing = probe(service.url, readiness);
  while (readiness.size === 0) await sleep(5);
  service.signal("SIGTERM");
  const begun = performance.now();
  while (await takesConnections(service.url)) await sleep(5);
  assert.ok(performance.now() - begun < 1_000);
  await probing;
  assert.equal([...readiness], ["200 ready", "503 draining"]);
  await release();
  assert.equal(await Promise.all(calls), ["active", "active", "active", "active"]);
  assert.is(await service.ended, 0);
  assert.ok(performance.now() - begun < 10_000);
});

test("a Ctrl-C that comes twice, since npm passes it on, is one", async () => {
  const { service, calls, release } = await startBusy();
  service.signal("SIGINT");
  await sleep(50);
  service.signal("SIGINT");
  await sleep(200);
  await release();
  assert.equal(await Promise.all(calls), ["active", "active", "active", "active"]);
  assert.is(await service.ended, 0);
});

test("a second signal later ends it at once, with an exit code that says so", async () => {
  const { service, calls, release } = await startBusy();
  service.signal("SIGTERM");
  await sleep(1_100);
  service.signal("SIGTERM");
  assert.is(await service.ended, 1);
  await Promise.allSettled(calls);
  await release();
});

test.run();

/** Starts a service, with saves in flight over HTTP/1.1 and HTTP/2 that wait in the database until released. */
async function startBusy() {
  const service = await folder.start({ DATABASE_URL: database.url, DATABASE_MIGRATE_URL: database.ownerUrl });
  const { sql } = held;
  await sql.unsafe("begin");
  await sql.unsafe("lock table versions in exclusive mode");
  const protocols = createProtocols(service.url);
  const headers = { authorization: `Bearer ${await folder.token()}` };
  const calls = (["rest", "connect", "grpc", "grpcWeb"] as const).map(async (name) => {
    const body = { dashboard_id: name, layout: { title: `${Math.random()}` }, datasources: [] };
    const { message, reason, code } = await protocols[name](save, body, headers);
    return message?.status ?? reason ?? code;
  });
  void Promise.allSettled(calls).then(protocols.close);
  for (let waiting = 0; waiting < calls.length; await sleep(10)) {
    const [row] = await sql`select count(*)::int as waiting from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`;
    waiting = row!.waiting;
  }
  return { service, calls, release: () => sql.unsafe("commit") };
}

async function takesConnections(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const taken = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return taken;
}

/** Asks for readiness again and again on one connection, until that ends, and notes the answers that differ. */
async function probe(url: string, answers: Set<string>): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    const asked = request(`${url}/readyz`, { agent }).end();
    try {
      const [answer] = await once(asked, "response");
      let body = "";
      for await (const chunk of answer) body += chunk;
      answers.add(`${answer.statusCode} ${JSON.parse(body).status}`);
    } catch {
      return;
    }
  }
}
