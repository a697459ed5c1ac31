import { execFile } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";
import { createDataFolder, type RunningService, type ServiceProcess } from "../process.ts";

const test = suite("npm start");
const run = promisify(execFile);
const folder = createDataFolder();
test.after(() => folder.remove());

const demo = { DEMO: "on" };
let service: RunningService;
let firstLinks: readonly string[];

test("a first start prints links that open, and a call to paste that works", async () => {
  service = await folder.start(demo);
  firstLinks = linksIn(service.output());
  assert.is(firstLinks.length, 8);
  for (const link of firstLinks) {
    const page = await fetch(link);
    assert.is(page.status, 200, link);
    assert.match(await page.text(), '<div class="dj');
  }
  const ofSources = /^ +sources +(\S+)$/m.exec(service.output())![1]!;
  assert.not.match(await (await fetch(ofSources)).text(), "Incomplete");
  const rendered = JSON.parse(await paste(service.output()));
  assert.match(rendered.html, /^<div/);
  assert.equal([rendered.partial, rendered.version], [false, 1]);
});

test("a second live service on the folder is refused, and the first one goes on", async () => {
  const second = folder.launch();
  assert.is(await second.ended, 1);
  assert.match(second.output(), /^another service is running on this data folder: .+$/m);
  assert.is((await fetch(firstLinks[0]!)).status, 200);
});

test("`npm run token` gives a token that the service on the same folder takes", async () => {
  const env = { ...process.env, DATA_DIR: folder.path };
  const { stdout } = await run("npm", ["run", "-s", "token", "--", "--tenant", "acme"], { cwd: projectDir, env });
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  const saved = await service.post("/definitions", { dashboard_id: "mine", layout: {}, datasources: [] }, headers);
  assert.is(saved.status, 200);
  assert.is((await service.get("/definitions/mine")).status, 200);
});

test("a second start finds everything as it was: links, definitions, and what the demo's owner changed", async () => {
  const authorization = `Bearer ${await folder.token({ tenant: "demo" })}`;
  const changed = { dashboard_id: "co2", layout: { title: "Changed" }, datasources: [] };
  assert.is((await service.post("/definitions", changed, { authorization })).status, 200);
  service.signal("SIGTERM");
  assert.is(await service.ended, 0);
  assert.is(await folder.databasePid(), undefined);

  service = await folder.start(demo);
  for (const link of firstLinks) {
    assert.is((await fetch(new URL(new URL(link).pathname, service.url))).status, 200, link);
  }
  assert.is((await service.get("/definitions/mine")).status, 200);
  const found = await fetch(`${service.url}/api/v1/data-consumption/dashboards/definitions/co2`, {
    headers: { authorization },
  });
  const { version, definition } = (await found.json()) as { version: number; definition: typeof changed };
  assert.equal([version, definition.layout.title], [2, "Changed"]);
  service.signal("SIGTERM");
  await service.ended;
});

for (const [what, env, names] of [
  [
    "production without its variables",
    { NODE_ENV: "production" },
    ["DATABASE_URL", "PUBLIC_URL", "SHARE_KEYS_FILE", "SECRETS_KEYS_FILE"],
  ],
  ["a port that is none", { PORT: "99999" }, ["PORT"]],
  ["an issuer by halves", { AUTH_ISSUER: "https://issuer.test" }, ["AUTH_AUDIENCE"]],
] as const) {
  test(`${what} stops the start with a line that names each variable`, async () => {
    const refused = folder.launch(env);
    assert.is(await refused.ended, 1);
    for (const name of names) assert.match(refused.output(), new RegExp(`^.*\\b${name}\\b.+$`, "m"));
    assert.not.match(refused.output(), /^ +at /m);
  });
}

test("a start that fails late leaves no database server behind", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const refused = folder.launch({ PORT: `${(taken.address() as AddressInfo).port}` });
  const code = await refused.ended;
  taken.close();
  assert.is(code, 1);
  assert.match(refused.output(), /PORT \d+ cannot be listened on: EADDRINUSE/);
  assert.is(await folder.databasePid(), undefined);
});

test("SIGTERM in the middle of a start ends it in order, with no database server left", async () => {
  const starting = folder.launch();
  while ((await folder.databasePid()) === undefined) await sleep(5);
  starting.signal("SIGTERM");
  assert.is(await starting.ended, 0);
  assert.is(await folder.databasePid(), undefined);
});

test("a first start that is killed at any moment does not stand in the next one's way", async () => {
  const fresh = createDataFolder();
  try {
    for (const afterMs of [0, 200, 500]) {
      const starting = fresh.launch();
      await wrote(starting, "preparing the embedded PostgreSQL");
      await sleep(afterMs);
      starting.signal("SIGKILL");
      await starting.ended;
    }
    const { signal, ended, get } = await fresh.start();
    assert.is((await get("/definitions/none")).status, 404);
    signal("SIGTERM");
    assert.is(await ended, 0);
  } finally {
    await fresh.remove();
  }
});

test.run();

function linksIn(output: string): string[] {
  return output.match(/http:\/\/\S+\/s\/\S+/g) ?? [];
}

/** Does what a reader of the output does: pastes the token and the call into a shell. */
async function paste(output: string): Promise<string> {
  const script = output.slice(output.indexOf("  TOKEN="), output.indexOf("listening on "));
  if (await run("sh", ["-c", "command -v curl"]).catch(() => undefined)) {
    return (await run("sh", ["-c", script], { maxBuffer: 16_777_216 })).stdout;
  }
  const part = (pattern: RegExp) => pattern.exec(script)![1]!;
  const answer = await fetch(part(/(http:\S+)/), {
    method: "POST",
    headers: { authorization: `Bearer ${part(/TOKEN=(\S+)/)}`, "content-type": "application/json" },
    body: part(/-d '(.*)'/),
  });
  return answer.text();
}

async function wrote(starting: ServiceProcess, text: string): Promise<void> {
  while (!starting.output().includes(text)) await sleep(5);
}
