import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { installDemoFiles } from "../../demo/data.ts";
import { bundleRuntime } from "../../src/command/bundle-runtime.ts";
import { suite } from "../harness.ts";
import { startTestService, type TestService } from "../service.ts";
import { findViolations } from "./axe.ts";
import { launchChromium } from "./chromium.ts";

/** The page of development at `/`, by the service as it runs. */
const test = suite("preview page in Chromium");
const root = new URL("../../", import.meta.url);
let service: TestService;
let browser: Browser;

const orders: JsonObject = {
  dashboard_id: "a_orders",
  filters: [{ name: "region", type: "string", options: ["IN", "US"] }],
  layout: {
    title: "Orders",
    panels: [{ title: "All", datasource: "orders", table: {}, click: ["region"] }],
  },
  datasources: [
    {
      id: "orders",
      inline: {
        columns: [{ name: "region" }, { name: "n" }],
        rows: [
          ["IN", 1111],
          ["US", 2222],
        ],
      },
    },
  ],
};

test.before(async () => {
  service = await startTestService({ PUBLIC_URL: "" });
  await installDemoFiles(join(service.filesDir, "demo"), () => {});
  const demo = readFileSync(new URL("demo/dashboards/ops_overview.yaml", root), "utf8");
  await service.save("demo", parse(demo) as JsonObject);
  await service.save("demo", orders);
  await service.save("demo", { ...orders, dashboard_id: "b_orders" });
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await service?.close();
});

test("its script is built from today's sources", async () => {
  assert.is(readFileSync(new URL("gen/assets/preview.js", root), "utf8"), await bundleRuntime("preview.js"));
});

test("a demo dashboard is picked, drawn, edited, broken and mended", async () => {
  const { page, complaints, close } = await open("");
  await page.getByLabel("Dashboard").selectOption("ops_overview");
  await page.locator(".dj-panel svg").first().waitFor({ timeout: 20_000 });
  assert.is(await page.locator("[data-panel]").count(), 10);
  assert.is(await state(page, "Up to date"), "Up to date");
  const text = page.getByLabel("Definition in YAML");
  assert.match(await text.inputValue(), /^# Flight operations/);

  await replace(page, "title: Flight operations", "title: Flights by state");
  await page.getByRole("heading", { name: "Flights by state" }).waitFor();
  assert.is(await state(page, "Up to date, not saved"), "Up to date, not saved");

  await replace(page, "grid: { w: 16, h: 9 }", "grid: { w: 61, h: 9 }");
  const problem = page.getByRole("region", { name: "Problems" }).getByRole("button");
  await problem.waitFor();
  assert.match((await problem.textContent())!, "layout.panels[8].grid.w");
  assert.is(await page.locator("[data-panel]").count(), 10);
  assert.ok(await page.getByText("The last version without problems is shown.").isVisible());
  assert.is(await page.locator("h1", { hasText: "Flights by state" }).count(), 1);
  await problem.click();
  assert.is(await selected(page), "61");

  await page.keyboard.type("12");
  await state(page, "Up to date, not saved");
  assert.is(await problem.count(), 0);
  assert.not(await page.getByText("The last version without problems is shown.").isVisible());
  assert.is(await page.locator(".dj-w12").count(), 3);
  assert.equal(complaints, []);
  await close();
});

test("what is no YAML, or no field, is shown where it stands, and asks nothing of the service", async () => {
  const { page, asked, close } = await open("#a_orders");
  await state(page, "Up to date");
  const before = asked.length;
  await replace(page, "title: Orders", "title: [Orders");
  const problem = page.getByRole("region", { name: "Problems" }).getByRole("button");
  await problem.first().waitFor();
  assert.match((await problem.first().textContent())!, /^line \d+ /);
  await replace(page, "title: [Orders", "title: Orders");
  await state(page, "Up to date");
  await replace(page, "dashboard_id: a_orders", "theme: dark\ndashboard_id: a_orders");
  await state(page, "1 problem");
  assert.match((await problem.textContent())!, /^theme is not a field/);
  assert.is(asked.length, before);
  await replace(page, "theme: dark", "# dark");
  await state(page, "Up to date, not saved");
  assert.is(asked.length, before, "a comment changes nothing");
  await replace(page, "title: Orders", "titel: Orders");
  await state(page, "1 problem");
  assert.match((await problem.textContent())!, /^layout\.titel is none of title, /);
  await problem.click();
  assert.is(await selected(page), "Orders");
  await close();
});

test("filters and clicks narrow what is shown, and those that the definition loses are given up", async () => {
  const { page, complaints, close } = await open("#a_orders");
  await state(page, "Up to date");
  await page.getByLabel("Region").or(page.getByLabel("region")).first().selectOption("IN");
  await shows(page, { there: "1111", gone: "2222" });
  await page.locator(".dj-go", { hasText: "IN" }).click();
  await shows(page, { there: "2222", gone: "nothing" });
  await page.locator(".dj-go", { hasText: "US" }).click();
  await shows(page, { there: "2222", gone: "1111" });
  await replace(page, "name: region, type: string, options: [ IN, US ]", "name: n, type: number");
  await shows(page, { there: "1111", gone: "nothing" });
  assert.equal(
    complaints.filter((line) => !line.includes("400")),
    [],
  );
  await close();
});

test("typing fast asks seldom, and a save waits for no problems and for the version that was opened", async () => {
  const { page, asked, complaints, close } = await open("#b_orders");
  await state(page, "Up to date");
  const before = asked.length;
  await replace(page, "title: Orders", "title: ");
  await page.keyboard.type("Orders of the week", { delay: 20 });
  await page.getByRole("heading", { name: "Orders of the week" }).waitFor();
  assert.ok(asked.length - before <= 3, `${asked.length - before}`);
  await page.getByRole("button", { name: "Save" }).click();
  assert.is(await state(page, "Saved as version 2"), "Saved as version 2");
  assert.match((await page.getByLabel("Dashboard").textContent())!, "Orders of the week (b_orders)");
  await service.save("demo", { ...orders, dashboard_id: "b_orders", layout: { title: "Theirs" } });
  await replace(page, "Orders of the week", "Orders of mine");
  await page.getByRole("heading", { name: "Orders of mine" }).waitFor();
  await page.keyboard.press("Control+s");
  await state(page, "Not saved: somebody has saved this dashboard meanwhile");
  assert.equal(
    complaints.filter((line) => !line.includes("409")),
    [],
  );
  await close();
});

test("it says that the service is away or busy, goes on showing, and comes back by itself", async () => {
  const { page, close } = await open("#a_orders");
  await state(page, "Up to date");
  await page.route("**/definitions:preview", (route) => route.abort());
  await replace(page, "title: All", "title: Everything");
  await state(page, "The service does not answer. Trying again in 2 s.");
  assert.is(await page.locator("[data-panel]").count(), 1);
  await page.unroute("**/definitions:preview");
  const body = { error: "rate_limited", reason: "RATE_LIMITED", message: "Too many calls." };
  const headers = { "retry-after": "1" };
  await page.route("**/definitions:preview", (route) => route.fulfill({ status: 429, json: body, headers }));
  await replace(page, "Everything", "All of it");
  await state(page, "Too many calls. Trying again in 1 s.");
  await page.unroute("**/definitions:preview");
  await page.getByRole("heading", { name: "All of it" }).waitFor();
  await close();
});

test("Tab indents and undoes, and Escape lets it leave", async () => {
  const { page, close } = await open("#a_orders");
  await state(page, "Up to date");
  const text = page.getByLabel("Definition in YAML");
  const before = await text.inputValue();
  await text.press("Control+Home");
  await text.press("Tab");
  assert.is(await text.inputValue(), `  ${before}`);
  await text.press("Shift+Tab");
  assert.is(await text.inputValue(), before);
  await text.press("Tab");
  await text.press("Control+z");
  assert.is(await text.inputValue(), before);
  await text.press("Escape");
  await text.press("Tab");
  assert.not.ok(await text.evaluate("document.activeElement.id === 'text'"));
  await close();
});

test("it fits and is accessible at every width, light and dark", async () => {
  const { page, complaints, close } = await open("#a_orders");
  await state(page, "Up to date");
  await replace(page, "type: string", "type: words");
  await state(page, "1 problem");
  for (const [width, colorScheme] of [
    [1440, "light"],
    [900, "dark"],
    [390, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    assert.equal(await findViolations(page), [], `${width} px`);
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${width} px`);
  }
  assert.equal(complaints, []);
  await close();
});

const page404 = { status: 404, reason: "NOT_FOUND" };
const own = { "x-preview": "1" };

test("who is not on this machine, or asks by another name, finds nothing", async () => {
  for (const path of ["/", "/preview/script.js", "/preview/style.css"]) {
    assert.is((await ask("GET", path, {})).status, 200, path);
    for (const name of [
      "evil.test",
      "127.0.0.1.evil.test",
      "localhost.evil.test",
      "192.168.0.1",
      "[::2]",
      "localhost.",
    ]) {
      assert.equal(pick(await ask("GET", path, { host: name })), page404, `${path} by ${name}`);
    }
    assert.equal(pick(await ask("GET", path, { "x-forwarded-for": "203.0.113.7" })), page404, path);
  }
  assert.is((await ask("GET", "/", { host: "localhost:8080" })).status, 200);
  assert.is((await ask("GET", "/", { host: "[::1]" })).status, 200);
});

test("what its script asks for is for no other page's", async () => {
  for (const [method, path] of [
    ["POST", "/preview/token"],
    ["GET", "/preview/definitions/a_orders"],
  ] as const) {
    const answer = await ask(method, path, { ...own, origin: service.url, "sec-fetch-site": "same-origin" });
    assert.is(answer.status, 200, path);
    assert.is(answer.headers["cache-control"], "no-store");
    assert.is(answer.headers["access-control-allow-origin"], undefined);
    for (const headers of [
      {},
      { ...own, origin: "https://evil.test" },
      { ...own, origin: "null" },
      { ...own, origin: service.url, "sec-fetch-site": "cross-site" },
      { ...own, "sec-fetch-site": "same-site" },
      { ...own, origin: "http://evil.test", host: "evil.test" },
    ]) {
      assert.equal(pick(await ask(method, path, headers)), page404, `${path} ${JSON.stringify(headers)}`);
    }
  }
  assert.is((await ask("GET", "/preview/token", own)).status, 404);
  assert.is((await ask("POST", "/", own)).status, 404);
  for (const id of ["nothing", "..%2fx", "%00", "a/b"])
    assert.equal(pick(await ask("GET", `/preview/definitions/${id}`, own)), page404, id);
});

test("a definition is opened as it was written, or in words that say the same", async () => {
  const textOf = async (id: string) => {
    const { body } = await ask("GET", `/preview/definitions/${id}`, own);
    return (JSON.parse(body) as { text: string }).text;
  };
  const file = readFileSync(new URL("demo/dashboards/ops_overview.yaml", root), "utf8");
  assert.is(await textOf("ops_overview"), file);
  assert.equal(parse(await textOf("a_orders")), orders);
  const changed = parse(file) as { layout: JsonObject };
  changed.layout.title = "Changed";
  await service.save("demo", changed as unknown as JsonObject);
  assert.equal(parse(await textOf("ops_overview")), changed);
});

test("its token is short, and is of the demo's tenant", async () => {
  const { token } = JSON.parse((await ask("POST", "/preview/token", own)).body) as { token: string };
  const claims = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
  assert.equal([claims.tenant, claims.scope], ["demo", "dashboards:render dashboards:publish"]);
  assert.ok(Number(claims.exp) - Number(claims.iat) <= 600);
});

test("where an issuer is configured, as production must, nothing of it is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "preview-jwks-"));
  const jwks = join(folder, "jwks.json");
  writeFileSync(jwks, JSON.stringify({ keys: [{ kty: "OKP", crv: "Ed25519", x: "A".repeat(43), kid: "1" }] }));
  const production = await startTestService({
    AUTH_ISSUER: "https://issuer.test",
    AUTH_AUDIENCE: "dashboards",
    AUTH_JWKS_FILE: jwks,
  });
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/preview/script.js"],
    ["GET", "/preview/style.css"],
    ["POST", "/preview/token"],
    ["GET", "/preview/definitions/a_orders"],
  ] as const) {
    const answer = await ask(method, path, own, production.url);
    assert.equal(pick(answer), page404, path);
    assert.match(answer.body, "nothing is here");
  }
  await production.close();
  rmSync(folder, { recursive: true });
});

test.run();

type Asked = { status: number; headers: Record<string, unknown>; body: string };

/** Sends a request with headers as they are given, also those that fetch would not let be. */
function ask(method: string, path: string, headers: Record<string, string>, url = service.url): Promise<Asked> {
  return new Promise((resolve, reject) => {
    request(url, { method, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}

function pick({ status, body }: Asked) {
  return { status, reason: (JSON.parse(body) as { reason: string }).reason };
}

/** Opens the page, and notes what its policy forbids, what fails, and what it asks to be rendered. */
async function open(hash: string) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(service.url)) complaints.push(`asked ${request.url()}`);
    if (request.url().endsWith(":preview")) asked.push(request.url());
  });
  await page.goto(`${service.url}/${hash}`);
  return { page, complaints, asked, close: () => context.close() };
}

/** Waits for what the page says of itself. */
async function state(page: Page, words: string): Promise<string> {
  const status = page.getByRole("status").filter({ hasText: new RegExp(`^${words.replace(/[.()]/g, "\\$&")}$`) });
  await status.waitFor({ timeout: 20_000 }).catch(async () => {
    throw new Error(`it says "${await page.locator("#state").textContent()}" and not "${words}"`);
  });
  return words;
}

/** Selects a piece of the text and types another in its place. */
async function replace(page: Page, old: string, text: string): Promise<void> {
  const area = page.getByLabel("Definition in YAML");
  await area.focus();
  const at = (await area.inputValue()).indexOf(old);
  assert.ok(at >= 0, `${old} in ${await area.inputValue()}`);
  await area.evaluate(`document.getElementById("text").setSelectionRange(${at}, ${at + old.length})`);
  await page.keyboard.insertText(text);
}

async function selected(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const { value, selectionStart, selectionEnd } = document.activeElement;
    return value.slice(selectionStart, selectionEnd);
  })()`);
}

async function shows(page: Page, { there, gone }: { there: string; gone: string }): Promise<void> {
  await page.locator("#shown td", { hasText: there }).first().waitFor();
  await page.locator("#shown td", { hasText: gone }).first().waitFor({ state: "detached" });
}
