import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { findViolations } from "./axe.ts";
import { launchChromium } from "./chromium.ts";
import { legible, readFlaws } from "./legibility.ts";
import { waitForRest } from "./wait-for-rest.ts";

/** Every dashboard of the demo, as the service serves it to whoever has a link. */
const test = suite("share pages in Chromium");
const folder = createDataFolder();
const factsScript = readFileSync(new URL("page-facts.js", import.meta.url), "utf8");
const dead = "a dead link";
const themes = ["light", "dark"] as const;
/** One theme on a desk, and the other on a phone: colours are the same on both. What is in use is seen in each theme. */
const looks = [
  [390, "dark"],
  [1440, "light"],
] as const;
const ids = readdirSync(join(projectDir, "demo/dashboards")).map((file) => file.replace(/\.yaml$/, ""));
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

test("every dashboard of the demo has its link", () => {
  assert.equal([...links.keys()].sort(), ids.sort());
});

for (const id of [...ids, dead]) {
  test(`${id}, without script: no text is too small, cut or covered, and nothing sticks out`, async () => {
    const { page, status, complaints } = await open(id, 1440, { javaScriptEnabled: false });
    assert.is(status, id === dead ? 404 : 200);
    for (const width of [1440, 834, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const { count, flaws } = await readFlaws(page);
      assert.equal(flaws, legible, `${width} px`);
      assert.ok(count > 1);
    }
    assert.equal(complaints, []);
    await page.context().close();
  });

  test(`${id}, with script: nothing is wrong, foreign or hard to reach, in both themes, at rest and in use`, async () => {
    const { page, complaints } = await open(id, 1440);
    assert.equal(await page.evaluate(factsScript), { fonts: ["Dashboards Inter loaded"], usesFont: true });
    for (const [widthPx, colorScheme] of looks) {
      await page.setViewportSize({ width: widthPx, height: 900 });
      await page.emulateMedia({ colorScheme });
      await waitForRest(page);
      assert.equal(await findViolations(page), [], `${widthPx} px, ${colorScheme}`);
    }
    if (await use(page)) {
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme });
        await waitForRest(page);
        assert.equal(await findViolations(page, [".dj-swapped", ".dj-tip"]), [], `${colorScheme}, in use`);
      }
    }
    assert.equal(complaints, []);
    await page.context().close();
  });
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

/** Opens the first chart's tooltip and the tables of others, one of each kind; returns whether there is a chart. */
async function use(page: Page): Promise<boolean> {
  const plot = page.locator(".dj-chart [role=img]").first();
  if ((await plot.count()) === 0) return false;
  await plot.evaluate(`(plot) => {
    const others = [...document.querySelectorAll(".dj-swap")].filter((button) => !button.closest("section").contains(plot));
    const kinds = Map.groupBy(others, (button) => button.closest(".dj-panel").classList[1]);
    for (const buttons of kinds.values()) buttons.at(-1).click();
  }`);
  await plot.focus();
  await page.keyboard.press("End");
  await page.waitForSelector(".dj-tip");
  return true;
}

/** Opens a page, and notes all that a reader's browser could complain about. */
async function open(id: string, widthPx: number, options: BrowserContextOptions = {}) {
  const url = links.get(id) ?? `${[...links.values()][0]}x`;
  const context = await browser.newContext({ viewport: { width: widthPx, height: 900 }, ...options });
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
  await waitForRest(page);
  return { page, status: answer?.status(), complaints };
}
