import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { environmentOf, publicOrigin } from "../attack/environment.ts";
import { createTokens, forgeToken, publicKeys } from "../attack/jwt.ts";
import { startServiceProcess } from "../attack/service-process.ts";
import { keySet, startJwksServer } from "../auth/jwks-server.ts";
import { suite } from "../harness.ts";
import { createTestDatabase } from "../store/database.ts";

const test = suite("the clock is set");
const dataDir = mkdtempSync(join(tmpdir(), "dash-clock-"));
const jwks = await startJwksServer(keySet(...publicKeys()));
const raised = environmentOf(dataDir, await createTestDatabase(), jwks.url);
// The real limits: a clock that is set must not use them up.
const env = Object.fromEntries(Object.entries(raised).filter(([name]) => !name.startsWith("RATE_")));
const service = await startServiceProcess(env);
test.after(async () => {
  await service.stop();
  await jwks.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const hourMs = 3_600_000;
let movedMs = 0;
const tokenNow = createTokens(() => Date.now() + movedMs);
let saves = 0;

async function ask(path: string, body: object, token = tokenNow("acme")) {
  const answer = await fetch(`http://127.0.0.1:${service.port}/api/v1/data-consumption/dashboards${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { html?: string; url?: string; ttl_s?: number } };
}

const save = (id: string) => {
  const inline = { columns: [{ name: "v" }], rows: [["row-of-data"]] };
  const layout = { title: id, panels: [{ title: id, datasource: "rows", table: {} }] };
  return ask("/definitions", { dashboard_id: id, layout, datasources: [{ id: "rows", inline }] });
};

/** A link made an hour ago by its own clock, or in an hour, opens like any other that has not ended. */
async function openLink(url: string): Promise<number> {
  return (await fetch(url.replace(publicOrigin, `http://127.0.0.1:${service.port}`))).status;
}

assert.is((await save("known")).status, 200);
assert.is((await ask("/render", { dashboard_id: "known" })).status, 200);
const { url = "" } = (await ask("/share", { dashboard_id: "known", expires_in_s: 14_400 })).body;

for (const [how, offsetMs] of [
  ["an hour ahead", hourMs],
  ["back by two hours", -hourMs],
  ["right again", 0],
] as const) {
  test(`${how}: everything goes on in the same process, at the rates that it had`, async () => {
    // Until the bucket of the round before is full again.
    await sleep(1_000);
    movedMs = offsetMs;
    await service.moveClock(offsetMs);
    const renders = await Promise.all(Array.from({ length: 8 }, () => ask("/render", { dashboard_id: "known" })));
    for (const { status, body } of renders) {
      assert.is(status, 200);
      assert.match(body.html ?? "", "row-of-data");
      assert.ok(body.ttl_s! > 0 && body.ttl_s! <= 300, `${body.ttl_s}`);
    }
    saves += 1;
    assert.is((await save(`saved_${saves}`)).status, 200);
    assert.is((await ask("/render", { dashboard_id: `saved_${saves}` })).status, 200);
    assert.is(await openLink(url), 200);
    const { url: another = "" } = (await ask("/share", { dashboard_id: "known", expires_in_s: 60 })).body;
    assert.is(await openLink(another), 200);
    // By the service's clock it has expired, or is of the future; when that is right it is good.
    const byRightClock = forgeToken({ claims: { tenant: "acme", jti: how } }, {});
    assert.is((await ask("/render", { dashboard_id: "known" }, byRightClock)).status, offsetMs === 0 ? 200 : 401);
    assert.ok(service.isRunning());
  });
}

test.run();
