import { readFileSync } from "node:fs";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { createDataFolder } from "../process.ts";
import { launchChromium } from "./chromium.ts";

/** What a reader of a share page can change, by the service as it runs and mostly without script. */
const test = suite("filters of share pages in Chromium");
const folder = createDataFolder();
const axeScript = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
let browser: Browser;
let link: string;

const plans = ["Free", "Team", "Enterprise"];
const countries = ["Brazil", "France", "Germany", "India", "Japan"];
const days = ["2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05"];

/** Every plan in every country, 60 rows; its row number tells the rest. */
const rows = days.flatMap((day, d) =>
  plans.flatMap((plan, p) => countries.map((country, c) => [day, plan, country, (d + p) % 2 === 0, p, 10 + c])),
);

const dashboard: JsonObject = {
  dashboard_id: "orders",
  filters: [
    { name: "day", type: "range", title: "Period", default: "2026-01-01/2026-06-01" },
    { name: "plan", type: "string", title: "Plan", options: plans },
    { name: "country", type: "string", title: "Countries", options: countries, many: true },
    { name: "express", type: "boolean", title: "Express" },
    { name: "tier", type: "number", title: "Tier" },
  ],
  layout: {
    title: "Orders",
    panels: [
      { title: "Sum", datasource: "orders", stat: { value: "sum", reduce: "sum" }, grid: { w: 24, h: 3 } },
      {
        title: "Orders",
        datasource: "orders",
        table: { columns: [{ name: "plan" }, { name: "country" }, { name: "tier" }, { name: "sum" }] },
        click: ["plan", "country", "tier"],
        grid: { w: 24, h: 12 },
      },
    ],
  },
  datasources: [
    {
      id: "orders",
      inline: {
        columns: [
          { name: "day", type: "time" },
          { name: "plan" },
          { name: "country" },
          { name: "express" },
          { name: "tier" },
          { name: "sum" },
        ],
        rows,
      },
    },
  ],
};

const viewerFilters = ["day", "plan", "country", "tier"];

test.before(async () => {
  const service = await folder.start();
  const saved = await service.post("/definitions", dashboard);
  if (!saved.ok) throw new Error(await saved.text());
  const shared = await service.post("/share", {
    dashboard_id: "orders",
    expires_in_s: 600,
    filters: { express: true },
    viewer_filters: viewerFilters,
  });
  link = ((await shared.json()) as { url: string }).url;
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await folder.remove();
});

/** The sum of the rows that a choice leaves, of those that the link shows. */
function sumOf(isLeft: (row: { plan: string; country: string; tier: number }) => boolean): number {
  return rows
    .filter(([, plan, country, express, tier]) => {
      return express === true && isLeft({ plan: `${plan}`, country: `${country}`, tier: Number(tier) });
    })
    .reduce((sum, row) => sum + Number(row[5]), 0);
}

for (const javaScriptEnabled of [false, true]) {
  const how = javaScriptEnabled ? "with script" : "without script";

  test(`a reader chooses, applies, and sees what was chosen (${how})`, async () => {
    const { page, complaints } = await open("", { javaScriptEnabled });
    assert.is(
      await shownSum(page),
      sumOf(() => true),
    );
    await page.locator("summary").click();
    for (const country of ["India", "Japan"]) await page.getByLabel(country).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/country=India&country=Japan/);
    assert.is(
      await shownSum(page),
      sumOf(({ country }) => country === "India" || country === "Japan"),
    );
    assert.match((await page.locator("summary").textContent())!, "2 of 5");
    assert.is(await page.getByLabel("Period").inputValue(), "2026-01-01/2026-06-01");
    await page.getByRole("link", { name: "Reset" }).click();
    await page.waitForURL((url) => url.search === "");
    assert.is(
      await shownSum(page),
      sumOf(() => true),
    );
    assert.is(await page.getByRole("link", { name: "Reset" }).count(), 0);
    assert.equal(complaints, []);
    await page.context().close();
  });

  test(`a value that is clicked narrows the page, keeps the other choices, and is taken back by a click (${how})`, async () => {
    const { page } = await open("?country=India", { javaScriptEnabled });
    await page.getByRole("link", { name: "Team", exact: true }).first().click();
    await page.waitForURL(/plan=Team/);
    assert.is(
      await shownSum(page),
      sumOf(({ plan, country }) => plan === "Team" && country === "India"),
    );
    assert.is(await page.getByLabel("Plan").inputValue(), "Team");
    await page.getByRole("link", { name: "Team", exact: true }).first().click();
    await page.waitForURL(/plan=(&|$)/);
    assert.is(
      await shownSum(page),
      sumOf(({ country }) => country === "India"),
    );
    await page.context().close();
  });
}

test("with script a choice applies by itself", async () => {
  const { page } = await open("");
  await page.getByLabel("Plan").selectOption("Free");
  await page.waitForURL(/plan=Free/);
  assert.is(
    await shownSum(page),
    sumOf(({ plan }) => plan === "Free"),
  );
  await page.context().close();
});

test("everything can be reached and done by keyboard", async () => {
  const { page } = await open("", { javaScriptEnabled: false });
  await page.getByLabel("Plan").focus();
  for (const key of ["ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.getByLabel("Tier").focus();
  await page.keyboard.type("1");
  await page.keyboard.press("Enter");
  await page.waitForURL(/tier=1/);
  const query = new URL(page.url()).searchParams;
  assert.equal([query.get("plan"), query.getAll("country"), query.get("tier")], ["Team", ["", "Brazil"], "1"]);
  assert.is(
    await shownSum(page),
    sumOf(({ plan, country }) => plan === "Team" && country === "Brazil"),
  );
  await page.context().close();
});

test("what the link fixes is shown as fixed and cannot be changed", async () => {
  const { page } = await open("?express=false&colour=red&expires=never");
  assert.is(
    await shownSum(page),
    sumOf(() => true),
  );
  assert.is(await page.locator('[name="express"]').count(), 0);
  const chip = page.locator(".dj-chip", { hasText: "Express" });
  assert.match((await chip.textContent())!, /yes, fixed$/);
  assert.is(await chip.locator(".dj-lock").count(), 1);
  await page.context().close();
});

for (const misfit of ["?plan=Gold", "?tier=one", "?day=soon", "?plan=Free&plan=Team", "?country=Atlantis"]) {
  test(`a value that does not fit gets a page that says so, without a script: ${misfit}`, async () => {
    const { page, status } = await open(misfit);
    assert.is(status, 400);
    assert.is(await page.getByRole("heading").textContent(), "This cannot be shown");
    assert.is(await page.locator("script").count(), 0);
    await page.context().close();
  });
}

for (const widthPx of [1440, 834, 390]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`the form fits and is in order at ${widthPx} px, ${colorScheme}, open and closed`, async () => {
      const { page, complaints } = await open("?plan=Team&country=India&country=Japan&tier=1", {
        viewport: { width: widthPx, height: 900 },
        colorScheme,
      });
      for (const isOpen of [false, true]) {
        if (isOpen) await page.locator("summary").click();
        assert.equal(await findMisplaced(page), []);
        assert.equal(await findViolations(page), []);
      }
      assert.equal(complaints, []);
      await page.context().close();
    });
  }
}

test.run();

/** Opens the link with a query, and notes what its policy forbids and what fails. */
async function open(query: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const answer = await page.goto(`${link}${query}`);
  return { page, complaints, status: answer?.status() };
}

async function shownSum(page: Page): Promise<number> {
  const text = await page.locator(".dj-stat .dj-value").textContent();
  return Number(text!.replace(",", ""));
}

/** Returns the controls that stick out of the page, are too small to hit or to read, or lie on each other. */
async function findMisplaced(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const nodes = [...document.querySelectorAll("form.dj-filters > :not([hidden]), .dj-choices > label")];
    const boxes = nodes.map((node) => [node.textContent.slice(0, 20), node.getBoundingClientRect(), node])
      .filter(([, box]) => box.width > 0);
    const bad = [];
    if (document.documentElement.scrollWidth > innerWidth) bad.push("the page scrolls sideways");
    for (const [name, box, node] of boxes) {
      if (box.left < 0 || box.right > innerWidth) bad.push(name + " sticks out");
      if (box.height < 31.5) bad.push(name + " is too low");
      for (const inner of [node, ...node.querySelectorAll("*")])
        if (parseFloat(getComputedStyle(inner).fontSize) < 11) bad.push(name + " is too small");
    }
    const row = boxes.filter(([, , node]) => node.parentElement.matches("form"));
    for (const [name, a] of row) for (const [other, b] of row)
      if (a !== b && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        bad.push(name + " lies on " + other);
    return bad;
  })()`);
}

/** What axe finds, a line for each rule. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeScript);
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}: ${nodes[0]!.failureSummary}`);
}
