import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { readRules } from "../../src/rest/rules.ts";
import { suite } from "../harness.ts";
import { startTestService, type TestService } from "../service.ts";
import { launchChromium } from "./chromium.ts";

/** The reference page, as the service serves it. */
const test = suite("the reference page in Chromium");
const methods = [...DashboardsService.methods, ...ConnectionsService.methods];
let service: TestService;
let browser: Browser;
let page: Page;
const asked: string[] = [];
const complaints: string[] = [];

test.before(async () => {
  service = await startTestService();
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1_280, height: 900 } });
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("request", (request) => asked.push(request.url()));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", ({ effectiveDirective }) => console.error("policy: " + effectiveDirective))`,
  );
  await page.goto(`${service.url}/docs`);
  await page.waitForSelector(".opblock");
});
test.after(async () => {
  await browser?.close();
  await service?.close();
});

test("every method is shown, with its path", async () => {
  const shown = (await page.evaluate(
    `[...document.querySelectorAll(".opblock")].map((block) => [
      block.querySelector(".opblock-summary-method").textContent,
      block.querySelector(".opblock-summary-path").textContent.replaceAll("\\u200b", ""),
    ])`,
  )) as [string, string][];
  const expected = methods.flatMap((method) => readRules(method).map(({ httpMethod, path }) => [httpMethod, path]));
  assert.equal(shown.map((row) => row.join(" ")).sort(), expected.map((row) => row.join(" ")).sort());
});

test("a method opens with its fields, its example and its errors, and cannot be called", async () => {
  await page.click(".opblock:has([data-path$='dashboards/render']) .opblock-summary-control");
  const block = page.locator(".opblock.is-open");
  await block.locator(".responses-table .response").first().waitFor();
  const text = await block.innerText();
  for (const words of ["dashboard_id", "dashboards:render", "INVALID_FILTER", "X-Request-Id", '"orders"']) {
    assert.ok(text.includes(words), words);
  }
  await block.locator(".responses-table .tablinks[data-name=model]").first().click();
  await block.locator(".responses-table .json-schema-2020-12", { hasText: "digest" }).first().waitFor();
  assert.is(await page.locator(".try-out, .authorize, .auth-wrapper, .opblock .execute").count(), 0);
});

test("it fits a phone, and is dark where its reader's system is", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  assert.is(await page.evaluate("document.documentElement.scrollWidth"), 390);
  await page.locator("html.dark-mode").waitFor();
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html:not(.dark-mode)").waitFor();
  await page.setViewportSize({ width: 1_280, height: 900 });
});

test("nothing is asked for elsewhere, and nothing is complained of", async () => {
  const origins = new Set(asked.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).origin));
  assert.equal([...origins], [service.url]);
  assert.ok(asked.includes(`${service.url}/openapi.json`));
  assert.equal(complaints, []);
});

test("the page runs no script that stands in it, and stands in no frame", async () => {
  const answer = await fetch(`${service.url}/docs`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, "default-src 'none'");
  assert.match(policy, "script-src 'self';");
  assert.match(policy, "frame-ancestors 'none'");
  assert.is(answer.headers.get("x-content-type-options"), "nosniff");
  const told = page.waitForEvent("console", (line) => line.text().startsWith("policy: script-src"));
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = 1" }))`,
  );
  await told;
  assert.is(await page.evaluate("window.ran"), undefined);
});

test.run();
