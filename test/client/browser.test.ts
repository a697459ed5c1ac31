import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import * as assert from "uvu/assert";
import type { ApiError } from "../../client/src/index.ts";
import { projectDir } from "../../src/main/paths.ts";
import { launchChromium } from "../browser/chromium.ts";
import { suite } from "../harness.ts";
import { startTestService } from "../service.ts";
import { type Relay, startRelay } from "./relay.ts";

/** The client in a page whose own back end passes calls through. */
const test = suite("the client in Chromium");
const service = await startTestService();
let relay: Relay;
let browser: Browser;

/** What the page runs; the rest of it is the client. */
const script = `
import { createDashboardsClient, unwrap } from "./src/index.ts";

globalThis.callAll = async (token) => {
  const client = createDashboardsClient({ baseUrl: location.origin, token });
  const definition = { dashboardId: "ops", layout: { title: "Größe" }, datasources: [] };
  const { status, version } = unwrap(await client.saveDefinition(definition));
  const { html } = unwrap(await client.render({ dashboardId: "ops", filters: { region: "IN" } }));
  const { url } = unwrap(await client.share({ dashboardId: "ops", expiresInS: 3600 }));
  const { error } = await client.render({ dashboardId: "none" }, { requestId: "mine" });
  return { status, version, html, url, error };
};
`;

type Answers = {
  readonly status: string;
  readonly version: number;
  readonly html: string;
  readonly url: string;
  readonly error: ApiError;
};

test.before(async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: join(projectDir, "client") },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  relay = await startRelay(service.url, {
    "/": { status: 200, type: "text/html", body: '<!doctype html><script type="module" src="/page.js"></script>' },
    "/page.js": { status: 200, type: "text/javascript", body: outputFiles[0]!.text },
  });
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await relay?.close();
  await service.close();
});

test("the documented calls are answered, another is refused, and what was lost is asked for again", async () => {
  const page = await browser.newPage();
  await page.goto(relay.url);
  await page.waitForFunction("globalThis.callAll");
  relay.fates("cut", "pass", "refuse");
  const token = await service.token({});
  const calls = `callAll(${JSON.stringify(token)})`;
  const { status, version, html, url, error } = (await page.evaluate(calls)) as Answers;
  assert.equal([status, version], ["active", 1]);
  assert.match(html, /^<div[\s\S]*Größe/);
  assert.match(url, /^https:\/\/links\.test\/s\//);
  assert.equal([error.code, error.status, error.requestId], ["not_found", 404, "mine"]);
  const seen = relay.takeSeen();
  assert.is(seen.length, 6);
  assert.is(new Set(seen.map((each) => each.requestId)).size, 4);
});

test.run();
