import { setTimeout as sleep } from "node:timers/promises";
import { exportJWK, generateKeyPair } from "jose";
import * as assert from "uvu/assert";
import { createRemoteJwks } from "../../src/auth/jwks.ts";
import { parseConfig } from "../../src/config/config.ts";
import { createLog } from "../../src/log/log.ts";
import { databaseState } from "../../src/main/database-state.ts";
import { openOperations } from "../../src/main/operations.ts";
import { startWebService } from "../contract/upstreams.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { createTestDatabase } from "../store/database.ts";

/** What `/readyz` says is so. */
const test = suite("readiness");

const ask = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test("from the first moment of a start the port for operators says that it is not ready, and has no metrics yet", async () => {
  const log = createLog("silent");
  await using operations = await openOperations({ host: "127.0.0.1", port: 0 }, { isDraining: () => false, log });
  assert.equal(await ask(`${operations.url}/healthz`), { status: 200, body: { status: "ok" } });
  assert.equal(await ask(`${operations.url}/readyz`), { status: 503, body: { status: "unready" } });
  const metrics = await fetch(`${operations.url}/metrics`);
  assert.equal([metrics.status, metrics.headers.get("retry-after")], [503, "1"]);
});

test("the port for operators is off unless it is set, on the loopback unless told, and never that of callers", () => {
  const adminOf = (env: Record<string, string>) => parseConfig(env, "/data").admin;
  assert.is(adminOf({ ADMIN_HOST: "10.0.0.5" }), undefined);
  assert.equal(adminOf({ ADMIN_PORT: "9464" }), { host: "127.0.0.1", port: 9464 });
  assert.equal(adminOf({ ADMIN_PORT: "0", PORT: "0", ADMIN_HOST: "::1" }), { host: "::1", port: 0 });
  for (const env of [{ ADMIN_PORT: "8080" }, { ADMIN_PORT: "9000", PORT: "9000" }]) {
    assert.throws(() => adminOf(env), /^ADMIN_PORT and PORT must be two ports/);
  }
  assert.throws(() => adminOf({ ADMIN_PORT: "metrics" }), /^ADMIN_PORT must be a whole number from 0 to 65535/);
});

test("a port that another has is named", async () => {
  const log = createLog("silent");
  const options = { isDraining: () => false, log };
  await using operations = await openOperations({ host: "127.0.0.1", port: 0 }, options);
  const port = Number(new URL(operations.url!).port);
  const refusal = await openOperations({ host: "127.0.0.1", port }, options).catch((error: Error) => error.message);
  assert.is(refusal, `ADMIN_HOST 127.0.0.1 and ADMIN_PORT ${port} cannot be listened on: EADDRINUSE`);
});

test("it drains until the last call is answered, and says so there", async () => {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const web = await startWebService(async (_, response) => {
    asked.resolve();
    await go.promise;
    response.setHeader("content-type", "application/json").end('{"rows":[]}');
  });
  const service = await startTestService({ ADMIN_PORT: "0", ALLOWED_HOSTS: `127.0.0.1:${web.port}` });
  await service.post("/connections", { name: "web", http: { url: `http://127.0.0.1:${web.port}` } });
  const panels = [{ title: "Rows", datasource: "rows", table: {} }];
  const datasources = [{ id: "rows", http: { connection: "web", path: "/", rows: "/rows" } }];
  await service.save("acme", { dashboard_id: "slow", layout: { panels }, datasources });
  const rendered = service.post("/render", { dashboard_id: "slow" });
  await asked.promise;
  const closed = service.close();
  const { status, body } = await ask(`${service.adminUrl}/readyz`);
  assert.equal([status, body.status], [503, "draining"]);
  assert.is((await fetch(`${service.adminUrl}/healthz`)).status, 200);
  go.resolve();
  assert.is((await rendered).status, 200);
  await closed;
  await web.close();
  assert.is(await fetch(`${service.adminUrl}/readyz`).catch(() => "gone"), "gone");
});

test("a database whose connections are all busy is up", async () => {
  const database = await createTestDatabase();
  const store = await database.openStore();
  const go = Promise.withResolvers<void>();
  const hold = (tenant: string, method: string) => {
    const actor = { subject: "tester", subjectTenant: tenant, requestId: undefined };
    const call = { tenant, method, actor, key: undefined, fingerprint: "" };
    return store.once(call, async () => {
      await go.promise;
      return new Uint8Array();
    });
  };
  const holding = Array.from({ length: 10 }, (_, at) => hold(at % 2 === 0 ? "acme" : "globex", `m${at}`));
  while (store.load().busy < 10) await sleep(5);
  const waiting = hold("acme", "another").catch(() => "refused");
  assert.is(await databaseState(store.ping), "up");
  assert.is(await waiting, "refused");
  assert.equal(store.load(), { busy: 10, idle: 0, waiting: 0, refused: 1 });
  go.resolve();
  await Promise.all(holding);
  await store.close();
});

test("a database that has answered is up, however long the event loop was held up meanwhile", async () => {
  const answered = new Promise<void>((resolve) => setTimeout(() => setImmediate(resolve), 0));
  const state = databaseState(() => answered);
  const endMs = performance.now() + 350;
  while (performance.now() < endMs);
  assert.is(await state, "up");
  assert.is(await databaseState(() => new Promise(() => {})), "down");
  assert.is(await databaseState(() => Promise.reject(new Error("refused"))), "down");
});

test("the issuer is what the last read of its keys came to, and nothing before there was one", async () => {
  const { publicKey } = await generateKeyPair("ES256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "k", alg: "ES256" }];
  let isDown = true;
  const web = await startWebService((_, response) => {
    response.statusCode = isDown ? 500 : 200;
    response.end(JSON.stringify({ keys }));
  });
  const url = new URL(`http://127.0.0.1:${web.port}`);
  const source = createRemoteJwks({ url, now: Date.now, log: createLog("silent") });
  const find = async () => {
    try {
      return await source({ alg: "ES256", kid: "k" }, { payload: "", signature: "" });
    } catch {
      return "refused";
    }
  };
  assert.is(source.state(), undefined);
  assert.is(await find(), "refused");
  assert.is(source.state(), "down");
  isDown = false;
  assert.is.not(await find(), "refused");
  assert.is(source.state(), "up");
  await web.close();
});

test.run();
