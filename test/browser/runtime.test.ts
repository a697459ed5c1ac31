import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { bundleRuntime } from "../../src/command/bundle-runtime.ts";
import { releasedFolder } from "../../src/main/released.ts";
import { suite } from "../harness.ts";
import { asOfMs, type Fixture } from "../render/gallery.ts";
import { launchChromium } from "./chromium.ts";
import { drawFragment, everyKind } from "./every-kind.ts";
import { type StrictSite, startStrictSite } from "./strict-site.ts";

/** What the script makes of dashboards, in pages under a strict policy that requires trusted types. */
const test = suite("the browser's script");
const axeScript = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");

let browser: Browser;
let site: StrictSite;
let fragment: string;
/** The same dashboard an hour later: one panel shows other values. */
let later: string;

test.before(async () => {
  site = await startStrictSite();
  browser = await launchChromium();
  fragment = drawFragment(site.renderer, everyKind);
  later = drawFragment(site.renderer, changed("Latency"));
});
test.after(async () => {
  await browser?.close();
  await site?.close();
});

test("it is at most 5 KiB compressed, and made of its sources as they are", async () => {
  const built = readFileSync(new URL("../../gen/assets/dashboard.js", import.meta.url), "utf8");
  assert.is(built, await bundleRuntime());
  const { length } = gzipSync(built, { level: 9 });
  assert.ok(length <= 5 * 1024, `${length} bytes`);
});

test("it has no way to make markup of text", () => {
  const built = readFileSync(new URL("../../gen/assets/dashboard.js", import.meta.url), "utf8");
  assert.not.match(built, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(/);
});

test("pointing at a chart tells the values there, in full and in their colours", async () => {
  const { page, close } = await open(embed(fragment));
  await point(page, "throughput-by-region", 0.5, 0.5);
  const rows = await lines(page, ".dj-tip p");
  assert.match(rows[0]!, /^(Tue|Wed), Jun 1[67], \d\d:\d\d$/);
  assert.is(rows.length, 4);
  assert.match(rows[1]!, /^eu-central[\d,]+\.\d$/);
  assert.equal(await page.evaluate(`[...document.querySelectorAll(".dj-tip i")].map((key) => key.className)`), [
    "dj-key dj-s1 dj-d0",
    "dj-key dj-s2 dj-d0",
    "dj-key dj-s3 dj-d0",
  ]);
  await close();
});

test("the same time is marked on every chart that runs along time, and on no other", async () => {
  const { page, close } = await open(embed(fragment));
  await point(page, "throughput-by-region", 0.5, 0.5);
  const marks = (await page.evaluate(`[...document.querySelectorAll(".dj-cross")].map((mark) => {
    const plot = mark.parentElement.querySelector("[role=img]").getBoundingClientRect();
    return [mark.closest("[data-panel]").dataset.panel, (mark.getBoundingClientRect().left - plot.left) / plot.width];
  })`)) as [string, number][];
  assert.equal(
    marks.map(([panel]) => panel),
    ["throughput-by-region", "latency"],
  );
  assert.ok(Math.abs(marks[0]![1] - marks[1]![1]) < 0.01, `${marks}`);
  await page.mouse.move(5, 5);
  assert.is(await page.locator(".dj-cross, .dj-tip").count(), 0);
  await close();
});

test("cells, slices, dots, bars and buckets are told as well", async () => {
  const { page, close } = await open(embed(fragment));
  await point(page, "orders-by-hour", 0.51, 0.5);
  const [hour, cell] = await lines(page, ".dj-tip p");
  assert.match(hour!, /^\d\d$/);
  assert.match(cell!, /^Thu(\d+|–)$/);
  const slice = page.locator(`[data-panel=shares] [role=img] [data-s="1"]`);
  await slice.scrollIntoViewIfNeeded();
  const [left, top] = (await page.evaluate(`(${pointOn})('[data-panel=shares] [role=img] [data-s="1"]')`)) as [
    number,
    number,
  ];
  await page.mouse.move(left, top);
  assert.equal(await lines(page, ".dj-tip p"), ["Web", "fresh4,210", "Share33.1%"]);
  await point(page, "channels", 0.1, 0.5);
  assert.equal(await lines(page, ".dj-tip p"), ["Web", "fresh4,210", "returning7,420"]);
  await point(page, "sizes", 0.01, 0.9);
  assert.match((await lines(page, ".dj-tip p"))[0]!, /^\d+ – \d+$/);
  const dots = islandOf(fragment).panels.find(({ id }) => id === "baskets")!;
  const [x, y] = [dots.columns![1]!.at![0]!, dots.columns![1]!.values[0]!];
  const { axes, columns } = dots;
  const across = (columns![0]!.values[x]! - axes!.x.from) / (axes!.x.to - axes!.x.from);
  await point(page, "baskets", across, 1 - (y - axes!.y.from) / (axes!.y.to - axes!.y.from));
  const [title, value] = await lines(page, ".dj-tip p");
  assert.match(title!, /^size \d/);
  assert.match(value!, /^(Web|Mobile app)\d/);
  await close();
});

test("a dashboard of which no panel has its data is alive all the same", async () => {
  const panels = everyKind.panels.map(() => ({ ok: false, error: "source_failed" }) as const);
  const { page, close } = await open(embed(drawFragment(site.renderer, { ...everyKind, panels })));
  assert.is(await page.evaluate("typeof document.querySelector('.dj').update"), "function");
  await close();
});

test("the tooltip stays in the window, wherever it is pointed", async () => {
  const { page, close } = await open(embed(fragment), 390);
  for (const [x, y] of [
    [0.02, 0.02],
    [0.98, 0.02],
    [0.5, 0.98],
    [0.98, 0.98],
  ] as const) {
    await point(page, "latency", x, y);
    const box = (await page.locator(".dj-tip").boundingBox())!;
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 390 && box.y + box.height <= 900, JSON.stringify(box));
  }
  await close();
});

test("arrow keys go from value to value, Escape ends it, and what is told is a status", async () => {
  const { page, close } = await open(embed(fragment));
  await page.locator("[data-panel=latency] [role=img]").focus();
  await page.keyboard.press("Home");
  const first = await lines(page, ".dj-tip p");
  await page.keyboard.press("ArrowRight");
  const second = await lines(page, ".dj-tip p");
  await page.keyboard.press("End");
  const last = await lines(page, ".dj-tip p");
  await page.keyboard.press("ArrowLeft");
  assert.is(new Set([first, second, last].map(([title]) => title)).size, 3);
  assert.match(last[0]!, /^Wed, Jun 17, 15:00$/);
  assert.is(await page.locator(".dj-tip").getAttribute("role"), "status");
  await page.keyboard.press("Escape");
  assert.is(await page.locator(".dj-tip").count(), 0);
  await page.keyboard.press("Home");
  await page.keyboard.press("Tab");
  assert.is(await page.locator(".dj-tip").count(), 0);
  await close();
});

test("the legend hides series and slices, and the tooltip leaves them out", async () => {
  const { page, close } = await open(embed(fragment));
  const button = page.locator("[data-panel=latency] .dj-legend button").first();
  assert.is(await button.getAttribute("aria-pressed"), "true");
  await button.click();
  assert.is(await button.getAttribute("aria-pressed"), "false");
  const shown = `[...document.querySelectorAll("[data-panel=latency] svg [data-s='0']")].map((mark) => getComputedStyle(mark).visibility)`;
  assert.ok(((await page.evaluate(shown)) as string[]).every((visibility) => visibility === "hidden"));
  await point(page, "latency", 0.5, 0.5);
  assert.equal(await lines(page, ".dj-tip p span"), ["p95", "p99"]);
  await button.click();
  assert.ok(((await page.evaluate(shown)) as string[]).every((visibility) => visibility === "visible"));
  // A name that is clicked for something else keeps that.
  const named = page.locator("[data-panel=shares] .dj-keys button").first();
  assert.is(await named.getAttribute("aria-label"), "Mobile app");
  await named.click();
  // What is no plot has a legend, too.
  await page.locator("[data-panel=a-list] .dj-legend button").first().click();
  assert.ok((await page.locator("[data-panel=a-list] .dj-off").count()) > 4);
  assert.is(await page.locator(`[data-panel=shares] [role=img] .dj-off`).count(), 1);
  await close();
});

test("every plotted value is in a table that the keyboard reaches", async () => {
  const { page, close } = await open(embed(fragment));
  for (const { id, kind, axes } of islandOf(fragment).panels) {
    if (axes === undefined && kind !== "pie") continue;
    const section = page.locator(`[data-panel=${id}]`);
    await section.locator(".dj-swap").focus();
    await page.keyboard.press("Enter");
    const table = section.locator(".dj-rows");
    assert.is(await table.getAttribute("tabindex"), "0");
    assert.ok(await table.isVisible(), id);
    assert.ok(!(await section.locator("[role=img]").isVisible()), id);
    const cells = await table.locator("tbody td").allTextContents();
    assert.is(cells.filter((text) => text !== "–").length, countOfValues(id), id);
    await page.keyboard.press("Enter");
    assert.ok(await section.locator("[role=img]").isVisible(), id);
  }
  await close();
});

test("headings sort rows up and down, numbers as numbers, and what has no value comes last", async () => {
  const { page, close } = await open(embed(fragment));
  const table = page.locator("[data-panel] .dj-rows");
  const column = async (index: number) => table.locator(`tbody tr td:nth-child(${index})`).allInnerTexts();
  const heads = await table.locator("thead th").allInnerTexts();
  const errors = heads.findIndex((text) => /errors/.test(text));
  const head = table.locator("thead th").nth(errors);
  await head.locator("button").click();
  assert.is(await head.getAttribute("aria-sort"), "ascending");
  const up = await column(errors + 1);
  await head.locator("button").press("Enter");
  assert.is(await head.getAttribute("aria-sort"), "descending");
  const down = await column(errors + 1);
  assert.equal(
    [up, down],
    [
      ["0.12", "1.32", "–"],
      ["1.32", "0.12", "–"],
    ],
  );
  await close();
});

test("a clicked value is told to the host, with the rest of its row", async () => {
  const { page, close } = await open(embed(fragment));
  await hear(page, "dashboard:click");
  await page.locator("[data-panel=throughput-by-region] .dj-legend .dj-go").nth(1).click();
  await page.locator("[data-panel=throughput-by-region] .dj-legend .dj-go").nth(0).press("Enter");
  const [first, second] = (await heard(page)) as { panel: string; column: string; value: string }[];
  assert.equal(first, {
    panel: "throughput-by-region",
    column: "region",
    value: "us-east",
    values: { region: "us-east" },
  });
  assert.is(second!.value, "eu-central");
  await close();
});

test("in an embed the form takes the chips' place and tells the host what is chosen", async () => {
  const { page, close } = await open(embed(fragment));
  assert.is(await page.locator("ul.dj-filters").count(), 0);
  await hear(page, "dashboard:filter");
  await page.locator("select[name=plan]").selectOption("Team");
  await page.locator("input[name=tier]").fill("3");
  await page.locator("input[name=tier]").press("Enter");
  await page.locator("summary").click();
  for (const name of ["eu-central", "us-east"]) await page.locator(`input[value=${name}]`).check();
  await page.locator(".dj-apply").click();
  await page.locator("select[name=plan]").selectOption("");
  assert.equal(await heard(page), [
    { filters: { plan: "Team", region: null, tier: null } },
    { filters: { plan: "Team", region: null, tier: 3 } },
    { filters: { plan: "Team", region: ["eu-central", "us-east"], tier: 3 } },
    { filters: { plan: null, region: ["eu-central", "us-east"], tier: 3 } },
  ]);
  assert.is(new URL(page.url()).search, "");
  await close();
});

test("fragments that arrive by innerHTML come alive, several of them, and keep apart", async () => {
  const { page, close } = await open(`${site.scriptTag}<div class="host"></div><div class="host"></div>`);
  await page.evaluate(
    trusting(`(html) => { for (const host of document.querySelectorAll(".host")) host.innerHTML = html; }`, fragment),
  );
  await until(page, `document.querySelectorAll(".dj-swap").length > 8`);
  const second = page.locator(".host").nth(1);
  await second.locator("[data-panel=latency] .dj-legend button").first().click();
  assert.is((await second.locator(".dj-off").count()) > 0, true);
  assert.is(await page.locator(".host").nth(0).locator(".dj-off").count(), 0);
  const plot = (await second.locator("[data-panel=latency] [role=img]").boundingBox())!;
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height / 2);
  assert.is(await second.locator(".dj-cross").count(), 2);
  assert.is(await page.locator(".host").nth(0).locator(".dj-cross").count(), 0);
  await close();
});

test("an embed asks its host for newer data when its own is old, until it is taken out, and again when it is back", async () => {
  const { page, close } = await open(embed(drawFragment(site.renderer, everyKind, { ttlS: 1 })));
  await hear(page, "dashboard:refresh");
  await page.clock.runFor(7_000);
  assert.equal(await heard(page), [{ dashboard_id: "every_kind", version: 1 }]);
  await page.evaluate(
    `{ window.taken = document.querySelector(".dj"); window.place = taken.parentElement; taken.remove(); }`,
  );
  await page.clock.runFor(7_000);
  assert.is(((await heard(page)) as unknown[]).length, 1);
  await page.evaluate(`place.append(taken)`);
  await page.clock.runFor(2_000);
  assert.is(((await heard(page)) as unknown[]).length, 2);
  await close();
});

test("update(html) replaces what changed, and leaves the rest as its reader left it", async () => {
  const { page, close } = await open(embed(fragment));
  await page.evaluate(
    `window.before = new Map([...document.querySelectorAll("[data-panel]")].map((one) => [one.dataset.panel, one]))`,
  );
  await page.locator("[data-panel=latency] .dj-legend button").first().click();
  await page.locator("[data-panel=latency] .dj-legend button").nth(1).focus();
  await page.evaluate(trusting(`(html) => document.querySelector(".dj").update(html)`, later));
  const replaced = await page.evaluate(
    `[...document.querySelectorAll("[data-panel]")].filter((one) => before.get(one.dataset.panel) !== one).map((one) => one.dataset.panel)`,
  );
  assert.equal(replaced, ["latency"]);
  assert.is(await page.locator("[data-panel=latency] .dj-legend button").first().getAttribute("aria-pressed"), "false");
  assert.equal(await page.evaluate(`document.activeElement.textContent`), "p95");
  await point(page, "latency", 0.5, 0.5);
  assert.equal(await lines(page, ".dj-tip p b"), ["2,000", "3,000"]);
  const island = await page.evaluate(`document.querySelector(".dj").lastElementChild.textContent`);
  assert.is(island, /class="dj-island">(.*)<\/script>/.exec(later)![1]);
  await close();
});

test("update(html) takes plain text by a policy of its own, and whole new arrangements", async () => {
  const { page, close } = await open(embed(fragment));
  const { definition, panels } = everyKind;
  const layout = { ...definition.layout!, panels: definition.layout!.panels.slice(0, 5) };
  const shorter = drawFragment(site.renderer, { definition: { ...definition, layout }, panels: panels.slice(0, 5) });
  await page.evaluate(`document.querySelector(".dj").update(${JSON.stringify(shorter)})`);
  assert.is(await page.locator("[data-panel]").count(), 5);
  await point(page, "throughput-by-region", 0.5, 0.5);
  assert.is(await page.locator(".dj-tip").count(), 1);
  await close();
});

test("a share page refreshes itself, says when that fails, and stops when its link is dead", async () => {
  const draw = (fixture: Fixture) => sharePage(drawFragment(site.renderer, fixture, { ttlS: 1, place: "page" }));
  site.put("/s/live", draw(everyKind));
  const { page, close } = await visit("/s/live");
  await page.evaluate(`window.before = [...document.querySelectorAll("[data-panel]")]`);
  site.put("/s/live", draw(changed("Latency")));
  await page.clock.runFor(6_000);
  await until(page, `before.some((one) => !one.isConnected)`);
  assert.equal(await page.evaluate(`before.filter((one) => !one.isConnected).map((one) => one.dataset.panel)`), [
    "latency",
  ]);
  site.put("/s/live", 503);
  await page.clock.runFor(6_000);
  await page.locator(".dj-status.dj-warn").waitFor();
  assert.match(await page.locator(".dj-status").innerText(), /^Delayed, updated \d\d:\d\d$/);
  site.put("/s/live", draw(everyKind));
  // After a failure it waits for twice as long.
  await page.clock.runFor(11_000);
  await page.locator(".dj-status:not(.dj-warn)").waitFor();
  site.put("/s/live", 404);
  await page.clock.runFor(6_000);
  await page.getByText("This link no longer works").waitFor();
  assert.is(await page.locator("[data-panel]").count(), everyKind.panels.length);
  const asked = site.asked.length;
  await page.clock.runFor(3_600_000);
  // Whatever was asked before this has arrived once this has.
  await page.evaluate(`fetch("/last").then(() => {})`);
  assert.equal(site.asked.slice(asked), ["/last"]);
  await close(/status of (404|503)/);
});

test("a share page that stays open takes over the style of a later release, once", async () => {
  const page0 = sharePage(drawFragment(site.renderer, everyKind, { ttlS: 1, place: "page" }));
  const [current] = /\/assets\/dashboard\.\w+\.css/.exec(page0)!;
  const earlier = `/assets/${readdirSync(releasedFolder).find((name) => `/assets/${name}` !== current)}`;
  const link = new RegExp(`${current}" integrity="[^"]*"`);
  site.put("/s/open", page0.replace(link, `${earlier}"`));
  const { page, close } = await visit("/s/open");
  site.put("/s/open", page0);
  const styles = "[...document.querySelectorAll('link')].map((link) => new URL(link.href).pathname)";
  const before = (await page.evaluate(styles)) as string[];
  assert.ok(before.includes(earlier));
  const refresh = async () => {
    await page.evaluate("window.island = document.querySelector('.dj-island')");
    await page.clock.runFor(6_000);
    await until(page, "!island.isConnected");
  };
  await refresh();
  await refresh();
  assert.equal(((await page.evaluate(styles)) as string[]).sort(), [...before, current].sort());
  await close();
});

test("on a share page a choice is sent at once", async () => {
  site.put("/s/form", sharePage(drawFragment(site.renderer, everyKind, { place: "page" })));
  const { page, close } = await visit("/s/form");
  await Promise.all([page.waitForURL(/plan=Team/), page.locator("select[name=plan]").selectOption("Team")]);
  await close();
});

test("an island that says nothing known leaves the dashboard as it is, with one warning", async () => {
  for (const island of ["{", '{"v":99,"panels":[]}', "null"]) {
    const { page, close } = await open(embed(fragment.replace(/(class="dj-island">).*(<\/script>)/, `$1${island}$2`)));
    assert.is(await page.locator(".dj-swap").count(), 0);
    assert.is(await page.evaluate(`typeof document.querySelector(".dj").update`), "undefined");
    await close(/^This dashboard stays as it is/, 1);
  }
});

test("axe finds nothing in what it adds, in both themes", async () => {
  const { page, close } = await open(embed(fragment));
  await page.locator("[data-panel=latency] .dj-swap").click();
  await page.locator("[data-panel=channels] .dj-legend button").first().click();
  await page
    .locator("[data-panel=throughput-by-region] [role=img], [data-panel=throughput-by-region] svg[role]")
    .first()
    .focus();
  await page.keyboard.press("Home");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axeScript);
    const { violations } = (await page.evaluate(
      "axe.run(document.querySelector('.dj'), { resultTypes: ['violations'] })",
    )) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    };
    assert.equal(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`),
      [],
    );
  }
  await close();
});

test.run();

type IslandColumn = { values: number[]; at?: number[] };
type Axis = { from: number; to: number };
type IslandPanel = { id: string; kind: string; axes?: { x: Axis; y: Axis }; columns?: IslandColumn[] };

function islandOf(html: string): { panels: IslandPanel[] } {
  return JSON.parse(/class="dj-island">(.*)<\/script>/.exec(html)![1]!);
}

/** How many cells of a panel's table say something: its values, and once for each row where they stand. */
function countOfValues(id: string): number {
  const { kind, columns } = islandOf(fragment).panels.find((panel) => panel.id === id)!;
  const count = (values: IslandColumn["values"] | { count: number }) =>
    "count" in values ? values.count : values.filter((value) => value !== null).length;
  const counts = columns!.map(({ values }) => count(values));
  // A heatmap's rows are columns of the table.
  if (kind === "heatmap") counts.splice(1, 1);
  return counts.reduce((sum, one) => sum + one, 0);
}

/** The gallery's dashboard, with other values in one panel. */
function changed(title: string): Fixture {
  const index = everyKind.definition.layout!.panels.findIndex((panel) => panel.title === title);
  const data = everyKind.panels[index]!;
  if (!data.ok) throw new Error(`${title} has no data`);
  const columns = data.frame.columns.map((column, order) =>
    column.type === "number" ? { ...column, values: column.values.map(() => order * 1000) } : column,
  );
  const frame = { ...data.frame, columns };
  return { ...everyKind, panels: everyKind.panels.map((one, order) => (order === index ? { ...data, frame } : one)) };
}

function embed(html: string): string {
  return `${site.scriptTag}<h1>A host</h1><div>${html}</div>`;
}

function sharePage(html: string): string {
  const presentation = { theme: "auto", locale: "en-US", timezone: "Europe/Berlin" } as const;
  return site.renderer.renderSharePage({ title: "Every kind", fragment: html, expiresAtMs: asOfMs, presentation });
}

let pages = 0;

async function open(body: string, widthPx = 1280) {
  pages += 1;
  const path = `/page-${pages}`;
  site.put(
    path,
    `<!doctype html><html lang="en"><title>A host</title><meta name="viewport" content="width=device-width"><body>${body}`,
  );
  return visit(path, widthPx);
}

/** Opens a page, whose clock can be put forward. Whatever it complains of fails the test when it is closed, but for what is expected. */
async function visit(path: string, widthPx = 1280) {
  const page = await browser.newPage({ viewport: { width: widthPx, height: 900 } });
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) => console.error("policy: " + event.effectiveDirective))`,
  );
  await page.clock.install();
  await page.goto(`${site.url}${path}`);
  const close = async (expected?: RegExp, times?: number) => {
    await page.close();
    const known = complaints.filter((text) => expected?.test(text));
    assert.equal(complaints, known);
    if (times !== undefined) assert.is(known.length, times);
  };
  return { page, close };
}

async function point(page: Page, panel: string, x: number, y: number): Promise<void> {
  const plot = page.locator(`[data-panel=${panel}] .dj-plot`);
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width * x, box.y + box.height * y);
}

/** Finds where an element is that is not in the middle of its box. */
const pointOn = `(selector) => {
  const wanted = document.querySelector(selector);
  const box = wanted.getBoundingClientRect();
  for (let step = 0; step < 400; step += 1) {
    const [x, y] = [box.left + (box.width * (step % 20)) / 20, box.top + (box.height * Math.floor(step / 20)) / 20];
    if (document.elementFromPoint(x, y) === wanted) return [x, y];
  }
}`;

/** Waits for something to be true; Playwright's own way evaluates text in the page, which its policy forbids. */
async function until(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate(condition))) await page.waitForTimeout(100);
}

async function lines(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).allTextContents();
}

async function hear(page: Page, name: string): Promise<void> {
  await page.evaluate(`window.heard = []; addEventListener("${name}", ({ detail }) => heard.push(detail))`);
}

async function heard(page: Page): Promise<unknown> {
  return page.evaluate("heard");
}

/** Calls a function of the page with a text that the page trusts. */
function trusting(call: string, html: string): string {
  return `(${call})((window.trusted ??= trustedTypes.createPolicy("host", { createHTML: (text) => text })).createHTML(${JSON.stringify(html)}))`;
}
