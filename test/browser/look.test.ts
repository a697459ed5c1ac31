import { readFileSync } from "node:fs";
import { fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import type { Browser, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { suite } from "../harness.ts";
import { asOfMs, checkoutHealth } from "../render/gallery.ts";
import { launchChromium } from "./chromium.ts";
import { type Site, startSite } from "./site.ts";

const test = suite("the look in Chromium");
const factsScript = readFileSync(new URL("look-facts.js", import.meta.url), "utf8");
const axeScript = readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
let browser: Browser;
let site: Site;

type Facts = { widthPx: number; keys: number; sticksOut: string[]; cut: string[] } & Record<
  "direction" | "font" | "svgFont" | "sizePx" | "radius" | "line" | "link" | "ground" | "text",
  string
>;

test.before(async () => {
  site = await startSite();
  browser = await launchChromium();
});
test.after(async () => {
  await browser?.close();
  await site?.close();
});

const green = { accent: "#0b6e4f", accent_dark: "#4fd1a5", series: ["#0b6e4f"], series_dark: ["#4fd1a5"], radius: 4 };
const red = { accent: "#b3261e", series: ["#b3261e"], radius: 0 };

test("two brands and none share a page, and each keeps its own", async () => {
  const page = await open([draw({ brand: green }), draw({ brand: red }), draw({})]);
  const facts = await factsOf(page);
  assert.equal(
    facts.map(({ radius, line, link }) => [radius, line, link]),
    [
      ["4px", "rgb(11, 110, 79)", "rgb(11, 110, 79)"],
      ["0px", "rgb(179, 38, 30)", "rgb(179, 38, 30)"],
      ["12px", "rgb(88, 85, 224)", "rgb(79, 70, 229)"],
    ],
  );
  await page.emulateMedia({ colorScheme: "dark" });
  assert.is((await factsOf(page))[0]!.line, "rgb(79, 209, 165)");
  await page.context().close();
});

test("a dashboard has its host's typeface and sizes of its own, unless it is told otherwise", async () => {
  const style = "body { font: italic 700 30px/3 Georgia, serif; } .own { --dj-font: Courier, monospace; }";
  const page = await open([draw({}), draw({ font: "inter" }), `<div class="own">${draw({})}</div>`], style);
  assert.equal(
    (await factsOf(page)).map(({ font, svgFont, sizePx }) => [font, svgFont, sizePx]),
    [
      ["Georgia, serif", "Georgia, serif", "24px"],
      [inter, inter, "24px"],
      ["Courier, monospace", "Courier, monospace", "24px"],
    ],
  );
  await page.context().close();
});

test("the typeface comes from another origin, by its digest, under a name that no host has", async () => {
  const page = await open([draw({ font: "inter" })]);
  const loaded = (await page.evaluate(
    "document.fonts.ready.then(() => [...document.fonts].map(({ family, status }) => [family, status]))",
  )) as [string, string][];
  assert.equal([...new Set(loaded.map(([family]) => family.replaceAll('"', "")))], ["Dashboards Inter"]);
  assert.ok(loaded.some(([, status]) => status === "loaded"));
  assert.not(loaded.some(([, status]) => status === "error"));
  await page.context().close();
});

test("a host of any width has room for it", async () => {
  const page = await open([draw({ brand: { logo_text: "Acme / Platform" } })]);
  for (const widthPx of [280, 320, 500, 639, 834, 1000, 1440, 2200]) {
    await page.evaluate(`document.body.style.width = "${widthPx}px"`);
    const [{ widthPx: taken, sticksOut }] = (await factsOf(page)) as [Facts];
    assert.equal({ taken, sticksOut }, { taken: widthPx, sticksOut: [] });
  }
  await page.evaluate("Object.assign(document.querySelector('main').style, { width: '600px', display: 'flex' })");
  assert.is((await factsOf(page))[0]!.widthPx, 600, "a flex row asks how wide it is");
  await page.evaluate(
    "Object.assign(document.querySelector('main').style, { width: 'auto', display: 'inline-block' })",
  );
  assert.is((await factsOf(page))[0]!.widthPx, 320, "and so does what is as wide as its content");
  await page.context().close();
});

test("paper is light and shows all that there is", async () => {
  const page = await open([draw({ theme: "dark" }, { theme: "dark" })]);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const widthPx of [1000, 718, 500]) {
    await page.evaluate(`document.body.style.width = "${widthPx}px"`);
    const [{ ground, text, cut }] = (await factsOf(page)) as [Facts];
    assert.equal({ ground, text, cut }, { ground: "rgba(0, 0, 0, 0)", text: "rgb(20, 23, 31)", cut: [] });
  }
  await page.context().close();
});

test("where colours are forced, what explains series keeps theirs", async () => {
  const page = await open([draw({})], "", { forcedColors: "active" });
  const [{ keys, line }] = (await factsOf(page)) as [Facts];
  assert.ok(keys >= 4, `${keys} colours`);
  assert.is(line, "rgb(88, 85, 224)");
  await page.context().close();
});

test("from right to left nothing sticks out, plots run from the left, and axe finds nothing", async () => {
  const layout = { title: "صحة الدفع", brand: { ...green, logo_text: "Acme / Platform" } };
  const page = await open([draw(layout, { locale: "ar" })]);
  for (const widthPx of [390, 834, 1440]) {
    await page.evaluate(`document.body.style.width = "${widthPx}px"`);
    const [{ direction, sticksOut }] = (await factsOf(page)) as [Facts];
    assert.equal({ direction, sticksOut }, { direction: "rtl", sticksOut: [] });
  }
  const edges =
    "[...document.querySelectorAll('.dj-chart > .dj-y')].map((y) => y.getBoundingClientRect().left < y.nextElementSibling.getBoundingClientRect().left)";
  assert.equal([...new Set((await page.evaluate(edges)) as boolean[])], [true]);
  assert.equal(await violations(page), []);
  await page.context().close();
});

test.run();

const inter = '"Dashboards Inter", system-ui, sans-serif';

/** Draws the gallery's dashboard with a layout's look, and a note below each panel. */
function draw(look: JsonObject, more: { theme?: "auto" | "dark"; locale?: string } = {}): string {
  const json = toJson(DefinitionSchema, checkoutHealth.definition) as { layout: { panels: JsonObject[] } };
  const panels = json.layout.panels.map((panel) => ({ ...panel, note: "Counted at the edge, before retries." }));
  const definition = fromJson(DefinitionSchema, { ...json, layout: { ...json.layout, ...look, panels } });
  return site.renderer.renderDashboard({
    definition,
    panels: checkoutHealth.panels,
    version: 1,
    filters: [{ name: "env", title: "Environment", text: "production" }],
    presentation: { theme: "auto", locale: "en-US", timezone: "Europe/Berlin", ...more },
    asOfMs,
    ttlS: 60,
  }).html;
}

/** Opens a page of dashboards, without the script, in a style of its own. */
async function open(
  dashboards: readonly string[],
  style = "",
  options: { forcedColors?: "active" } = {},
): Promise<Page> {
  const main = `<main>${dashboards.join("")}</main>`;
  site.put(
    "/look",
    "text/html",
    `<!doctype html><html lang="en"><title>Host</title><style>body { margin: 0; } ${style}</style><body>${main}`,
  );
  const context = await browser.newContext({ viewport: { width: 2400, height: 900 }, ...options });
  const page = await context.newPage();
  await page.goto(`${site.url}/look`);
  return page;
}

async function factsOf(page: Page): Promise<readonly Facts[]> {
  return (await page.evaluate(factsScript)) as readonly Facts[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeScript);
  const { violations: found } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.map(({ id, nodes }) => `${id}: ${nodes.length} x ${nodes[0]!.html}`);
}
