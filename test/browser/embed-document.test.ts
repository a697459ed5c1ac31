import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { parseSections, readDocument } from "../docs/markdown.ts";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { launchChromium } from "./chromium.ts";

/** docs/embed.md: its two files, as they stand there, in front of the service as it is started, in a real browser. */
const test = suite("docs/embed.md in Chromium");

const folder = createDataFolder();
const files = mkdtempSync(join(tmpdir(), "dash-embed-"));
const sections = parseSections(readDocument("docs/embed.md"));
let host: ChildProcess;
let url: string;
let browser: Browser;

test.before(async () => {
  for (const [name, title] of [
    ["host.mjs", "The page's server"],
    ["page.js", "The page's script"],
  ] as const) {
    writeFileSync(join(files, name), sections.find((section) => section.title === title)!.blocks[0]!.text);
  }
  const service = await folder.start({ DEMO: "on" });
  const token = await folder.token({ tenant: "demo", scopes: ["dashboards:render"] });
  host = spawn(process.execPath, ["host.mjs"], {
    cwd: files,
    env: { DASHBOARDS_URL: service.url, DASHBOARDS_TOKEN: token, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(host.stdout!.setEncoding("utf8"), "data")) as [string];
  url = line.trim();
  browser = await launchChromium();
});

test.after(async () => {
  await browser?.close();
  host?.kill();
  await folder.remove();
  rmSync(files, { recursive: true, force: true });
});

/** Opens the page; returns it with whatever its policy or its console complains about. */
async function open(
  options: { readonly javaScriptEnabled?: boolean } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(request.url()));
  await page.goto(url);
  return { page, complaints };
}

test("the page shows the dashboard, loads its script and style by their digests, and its policy has nothing to say", async () => {
  const { page, complaints } = await open();
  // The script has put the form in.
  await page.getByLabel("From state").waitFor();
  assert.ok((await page.locator(".dj svg").count()) > 3);
  assert.match((await page.locator("script[integrity]").getAttribute("integrity")) ?? "", /^sha384-/);
  assert.equal(complaints, []);
});

test("without script it can be read all the same", async () => {
  const { page } = await open({ javaScriptEnabled: false });
  assert.ok((await page.locator(".dj svg").count()) > 3);
});

test("a filter that the reader changes is drawn by the host's server, and the page stays", async () => {
  const { page, complaints } = await open();
  const before = await page.locator(".dj").innerText();
  await page.locator("body").evaluate((body) => body.setAttribute("data-stays", ""));
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/dashboard"));
  await page.getByLabel("From state").selectOption("CA");
  assert.is((await answered).status(), 200);
  while ((await page.locator(".dj").innerText()) === before) await sleep(20);
  assert.is(await page.locator("body[data-stays]").count(), 1);
  assert.equal(complaints, []);
});

test("a filter that does not fit leaves what is shown", async () => {
  const { page } = await open();
  await page.getByLabel("From state").waitFor();
  const before = await page.locator(".dj").innerHTML();
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/dashboard"));
  await page.locator(".dj").evaluate((root) => {
    const detail = { filters: { nothing: "of that name" } };
    root.dispatchEvent(new CustomEvent("dashboard:filter", { bubbles: true, detail }));
  });
  assert.is((await answered).status(), 400);
  assert.is(await page.locator(".dj").innerHTML(), before);
});

test.run();
