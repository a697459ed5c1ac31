import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { launchChromium } from "../browser/chromium.ts";
import { suite } from "../harness.ts";
import { parseSections, readDocument } from "./markdown.ts";
import { openReader, type Reader } from "./reader.ts";
import { assertShown } from "./shown-output.ts";

/**
 * docs/tutorial.md, followed as a newcomer does: block by block, with a service that is started as it says there. What it
 * shows is compared with what comes, and what is to be seen is looked at in Chromium.
 */
const test = suite("docs/tutorial.md");

const sections = parseSections(readDocument("docs/tutorial.md")).filter(({ blocks }) => blocks.length > 0);
let reader: Reader;
let browser: Browser;
let page: Page;

test.before(async () => {
  reader = await openReader();
  browser = await launchChromium();
  page = await browser.newPage();
});
test.after(async () => {
  await browser?.close();
  await reader?.close();
});

/** What is to be seen after a section's blocks, by what they said and where the last one serves a page. */
const sights: Record<string, (links: readonly string[]) => Promise<void>> = {
  async "Start the service"(links) {
    assert.is(links.length, 8);
    await page.goto(links[0]!);
    assert.ok((await page.locator(".dj svg").count()) > 3);
    await page.goto(reader.url);
    const dashboards = page.getByLabel("Dashboard").locator("option");
    await dashboards.filter({ hasText: "gallery_odd" }).waitFor({ state: "attached" });
    assert.is((await fetch(`${reader.url}/docs`)).status, 200);
  },
  async "Save it"() {
    await page.goto(`${reader.url}/#sales`);
    await page.getByRole("heading", { name: "Coffee shops" }).waitFor();
  },
  async "Show it to others"([link, snapshot]) {
    await page.goto(link!);
    assert.equal(await rowsOfShops(), [4, 4]);
    await page.getByRole("link", { name: "Market" }).first().click();
    await page.waitForURL(/shop=Market/);
    assert.equal(await rowsOfShops(), [0, 4]);
    await page.goto(snapshot!);
    assert.equal(await rowsOfShops(), [4, 4]);
    const picture = readFileSync(join(reader.folder, "my-dashboards/sales.png"));
    assert.is(picture.toString("latin1", 1, 4), "PNG");
  },
  async "Put it into your own page"() {
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(reader.pageUrl());
    await page.evaluate("window.stays = true");
    await page.locator("td", { hasText: "Market" }).first().click();
    await page.locator("td", { hasText: "Harbour" }).first().waitFor({ state: "detached" });
    assert.equal(await rowsOfShops(), [0, 4]);
    assert.ok(await page.evaluate("window.stays"));
    assert.equal(complaints, []);
  },
};

let followedTo: string | undefined;

for (const [index, { title, blocks }] of sections.entries()) {
  const before = sections[index - 1]?.title;
  test(title, async () => {
    // Each section goes on from the one before.
    assert.is(followedTo, before, "what comes before did not pass");
    let said = "";
    for (const [at, { language, text, before: told }] of blocks.entries()) {
      const next = blocks[at + 1];
      if (language === "text") continue;
      if (language === "sh") {
        const output = await reader.run(text);
        assertShown(output, next?.language === "text" ? next.text : "", `${title}: ${text}`);
        said += output;
      } else {
        await reader.write(told, text);
      }
      if (reader.isWatching()) await seeWatched(next?.before ?? "");
    }
    await sights[title]?.([...said.matchAll(/http:\S+\/s\/[\w.-]+/g)].map(([link]) => link));
    followedTo = title;
  });
}

test("what is looked at is what the document has", () => {
  const titles = new Set(sections.map(({ title }) => title));
  assert.equal(
    Object.keys(sights).filter((title) => !titles.has(title)),
    [],
  );
});

test.run();

/** Looks whether the page that follows the file shows all its panels, and the number that the document names. */
async function seeWatched(told: string): Promise<void> {
  if (page.url() !== reader.pageUrl()) await page.goto(reader.pageUrl());
  for (const name of reader.panelTitles()) await page.getByRole("heading", { name, exact: true }).waitFor();
  const [, number] = /one number, `(.+?)`/.exec(told) ?? [];
  if (number !== undefined) assert.match((await page.locator(".dj").innerText()).replaceAll("\n", ""), number);
}

/** How many rows the table has of either shop. */
function rowsOfShops(): Promise<readonly number[]> {
  const row = page.locator("tbody tr");
  return Promise.all(["Harbour", "Market"].map((hasText) => row.filter({ hasText }).count()));
}
