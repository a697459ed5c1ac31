import type { Browser, BrowserContext } from "playwright-core";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { asOfMs, checkoutHealth, type Fixture } from "../render/gallery.ts";
import { oddities } from "../render/oddities.ts";
import { launchChromium } from "./chromium.ts";
import { drawFragment, everyKind } from "./every-kind.ts";
import { legible, readFlaws } from "./legibility.ts";
import { type Site, startSite } from "./site.ts";
import { waitForRest } from "./wait-for-rest.ts";

/** What can be read without any script, on a desk, on a tablet and on a phone. */
const test = suite("legibility in Chromium without script");
const fixtures: Readonly<Record<string, Fixture>> = { checkoutHealth, everyKind, oddities };
let browser: Browser;
let context: BrowserContext;
let site: Site;

test.before(async () => {
  site = await startSite();
  const presentation = { theme: "light", locale: "en-US", timezone: "Europe/Berlin", place: "page" } as const;
  for (const [name, fixture] of Object.entries(fixtures)) {
    const fragment = drawFragment(site.renderer, fixture, { place: "page" });
    const page = site.renderer.renderSharePage({ title: name, fragment, expiresAtMs: asOfMs, presentation });
    site.put(`/${name}`, "text/html", page);
  }
  browser = await launchChromium();
  context = await browser.newContext({ javaScriptEnabled: false });
});
test.after(async () => {
  await browser?.close();
  await site?.close();
});

for (const name of Object.keys(fixtures)) {
  for (const width of [1440, 834, 390]) {
    test(`${name} at ${width} px: no text is too small, cut or covered, and no panel is empty`, async () => {
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${site.url}/${name}`);
      await waitForRest(page);
      const { count, flaws } = await readFlaws(page);
      assert.ok(count > 100, `${count} texts`);
      assert.equal(flaws, legible);
      await page.close();
    });
  }
}

test("flaws would be found", async () => {
  const page = await context.newPage();
  await page.setContent(`<div class="dj"><section data-panel="p" aria-label="P" style="width:200px;height:80px;overflow:hidden">
    <p style="font-size:10px;margin:0">small</p><p style="margin:0 0 -16px">one</p><p style="margin:0">two</p>
    <div style="white-space:nowrap">a line that is so long that it does not fit</div>
    <div style="position:relative;top:60px">below the panel</div></section>
    <section data-panel="q" aria-label="Q" style="height:50px"><div style="width:2000px">wide</div></section>
    <section data-panel="r" aria-label="R" style="height:50px"></section></div>`);
  const { flaws } = await readFlaws(page);
  assert.match(flaws.small.join(), /P: "small": 10 px/);
  assert.match(flaws.overlapping.join(), /P: "one" and "two"/);
  assert.match(flaws.cut.join(), /P: "a line that is.*across/);
  assert.match(flaws.cut.join(), /P: "below the panel".*down/);
  assert.match(flaws.overflowing.join(), /the page by/);
  assert.equal(flaws.empty, ["R"]);
  await page.close();
});

test.run();
