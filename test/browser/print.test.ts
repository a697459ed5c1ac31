import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { asOfMs, checkoutHealth, type Fixture } from "../render/gallery.ts";
import { oddities } from "../render/oddities.ts";
import { launchChromium } from "./chromium.ts";
import { drawFragment, everyKind } from "./every-kind.ts";
import { legible, readFlaws } from "./legibility.ts";
import { type Site, startSite } from "./site.ts";
import { waitForRest } from "./wait-for-rest.ts";

/** Dashboards for readers of paper, and for those who choose their own colours or want nothing to move. */
const test = suite("print, forced colours and reduced motion in Chromium");
const paintScript = readFileSync(new URL("paint-facts.js", import.meta.url), "utf8");
const fixtures: Readonly<Record<string, Fixture>> = { checkoutHealth, everyKind, oddities };
let browser: Browser;
let context: BrowserContext;
let site: Site;

test.before(async () => {
  site = await startSite();
  for (const [name, fixture] of Object.entries(fixtures)) {
    for (const theme of ["auto", "dark"] as const) {
      const presentation = { theme, locale: "en-US", timezone: "Europe/Berlin", place: "page" } as const;
      const fragment = drawFragment(site.renderer, fixture, { place: "page", theme });
      const page = site.renderer.renderSharePage({ title: name, fragment, expiresAtMs: asOfMs, presentation });
      site.put(`/${name}-${theme}`, "text/html", page);
    }
  }
  browser = await launchChromium();
  // As wide as A4 within its margins.
  context = await browser.newContext({ viewport: { width: 718, height: 900 } });
});
test.after(async () => {
  await browser?.close();
  await site?.close();
});

for (const name of Object.keys(fixtures)) {
  for (const theme of ["auto", "dark"] as const) {
    test(`${name} (${theme}) is printed light, whole and without what is for pointing`, async () => {
      const page = await open(`/${name}-${theme}`);
      await page.emulateMedia({ colorScheme: "dark" });
      const shown = await textsOf(page);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      const printed = new Set(await textsOf(page));
      assert.ok(shown.length > 50);
      assert.equal(
        shown.filter((text) => !printed.has(text)),
        [],
      );
      assert.equal(await page.evaluate(lightScript), {
        scheme: "light",
        text: "rgb(20, 23, 31)",
        surface: "rgb(255, 255, 255)",
      });
      assert.equal(await page.evaluate(scrolledScript), []);
      assert.equal(await page.locator(".dj-swap:visible, .dj-tip:visible, .dj-apply:visible").count(), 0);
      const { flaws } = await readFlaws(page);
      assert.equal(flaws, legible);
      await page.close();
    });
  }
}

test("a table that is open is printed, and so is a PDF of many pages", async () => {
  const page = await open("/everyKind-auto");
  await page.locator(".dj-line .dj-swap").first().click();
  assert.ok(((await page.evaluate(scrolledScript)) as string[]).length > 0);
  await page.emulateMedia({ media: "print" });
  assert.is(await page.locator(".dj-line.dj-swapped tbody tr:visible").count(), 24);
  assert.equal(await page.evaluate(scrolledScript), []);
  const pdf = await page.pdf({ format: "A4", printBackground: true });
  assert.is(pdf.subarray(0, 5).toString(), "%PDF-");
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? [];
  assert.ok(pages.length >= 2 && pages.length <= 8, `${pages.length} pages`);
  await page.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`in forced colours (${colorScheme}) all that shows values can be told from the page`, async () => {
    for (const name of Object.keys(fixtures)) {
      const page = await open(`/${name}-auto`);
      await page.emulateMedia({ forcedColors: "active", colorScheme });
      const { count, faint, canvas } = (await page.evaluate(paintScript)) as {
        count: number;
        faint: [];
        canvas: number[];
      };
      assert.equal(canvas, colorScheme === "light" ? [255, 255, 255, 255] : [0, 0, 0, 255]);
      assert.ok(count > 50, `${count} marks`);
      assert.equal(faint, [], name);
      await page.close();
    }
  });
}

test("nothing moves for readers whom motion troubles", async () => {
  const page = await open("/everyKind-auto");
  const moving = `[...document.querySelectorAll(".dj, .dj *")].filter((element) => {
    const { transitionDuration, animationDuration, animationTimeline } = getComputedStyle(element);
    return [transitionDuration, animationTimeline === "auto" ? animationDuration : "0s"].some((text) => parseFloat(text) > 0);
  }).map((element) => element.getAttribute("class"))`;
  assert.ok(((await page.evaluate(moving)) as string[]).includes("dj-swap"));
  await page.emulateMedia({ reducedMotion: "reduce" });
  assert.equal(await page.evaluate(moving), []);
  await page.close();
});

test.run();

async function open(path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.url}${path}`);
  await waitForRest(page);
  return page;
}

/** The words that are seen, each with the panel it stands in. */
async function textsOf(page: Page): Promise<string[]> {
  return (await page.evaluate(`[...document.querySelectorAll(".dj *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ""))
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => !element.closest("button, .dj-apply, .dj-choices, .dj-chart, .dj-x, script"))
    .map((element) => (element.closest("[data-panel]")?.ariaLabel ?? "page") + ": " + element.textContent)`)) as string[];
}

const lightScript = `(() => {
  const root = document.querySelector(".dj");
  return {
    scheme: getComputedStyle(root).colorScheme,
    text: getComputedStyle(root).color,
    surface: getComputedStyle(root.querySelector(".dj-panel")).backgroundColor,
  };
})()`;

/** What would have to be scrolled to be seen. */
const scrolledScript = `[...document.querySelectorAll(".dj *")]
  .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflow) && element.checkVisibility())
  .filter(({ scrollHeight, clientHeight, scrollWidth, clientWidth }) =>
    scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1)
  .map((element) => element.closest("[data-panel]").ariaLabel + ": " + element.className)`;
