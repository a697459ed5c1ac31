import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { launchChromium } from "./chromium.ts";

const test = suite("share pages in Chromium");
const folder = createDataFolder();
const factsScript = readFileSync(new URL("page-facts.js", import.meta.url), "utf8");
const axeScript = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const dead = "a dead link";
let browser: Browser;
/** Addresses by dashboard. */
let links: ReadonlyMap<string, string>;

test.before(async () => {
  const service = await folder.start({ DEMO: "on" });
  const printed = service.output().matchAll(/^ +(\w+) +(http:\S+\/s\/\S+)$/gm);
  links = new Map([...printed].map(([, id, url]) => [id!, url!]));
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await folder.remove();
});

for (const id of ["ops_overview", "co2", "earthquakes", "seattle_weather", "us_jobs", dead]) {
  for (const widthPx of [1440, 390]) {
    test(`${id} at ${widthPx} px: nothing is wrong, foreign or too small, and nothing sticks out`, async () => {
      const { page, status, complaints } = await open(id, widthPx);
      assert.is(status, id === dead ? 404 : 200);
      assert.equal(complaints, []);
      const { texts, ...facts } = (await page.evaluate(factsScript)) as { texts: number };
      assert.equal(facts, { overflowPx: 0, smallTexts: [], fonts: ["Inter loaded"], usesFont: true });
      assert.ok(texts > 1);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        assert.equal(await violations(page), [], colorScheme);
      }
      await page.context().close();
    });
  }
}

test("what the policy forbids would be noticed, and so would a request to elsewhere", async () => {
  const { page, complaints } = await open("co2", 390);
  const told = page.waitForEvent("console", (line) => line.text() === "policy: img-src");
  await page.evaluate("document.body.setAttribute('style', 'color: red')");
  await page.evaluate("new Image().src = 'https://elsewhere.test/'");
  await told;
  const text = complaints.join("\n");
  assert.match(text, "policy: style-src-attr");
  assert.match(text, "foreign: https://elsewhere.test/");
  await page.context().close();
});

test.run();

/** Opens a page, and notes all that a reader's browser could complain about. */
async function open(id: string, widthPx: number) {
  const url = links.get(id) ?? `${[...links.values()][0]}x`;
  const context = await browser.newContext({ viewport: { width: widthPx, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (line) => {
    // Chromium tells the status of the page itself there, too.
    if (id === dead && /status of 404/.test(line.text())) return;
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`foreign: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && response.url() !== url) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.effectiveDirective))`,
  );
  const answer = await page.goto(url);
  await page.evaluate("document.fonts.ready.then(() => {})");
  return { page, status: answer?.status(), complaints };
}

/** What axe finds, a line for each rule. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeScript);
  const { violations: found } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0]!.html}: ${nodes[0]!.failureSummary}`);
}
