import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import * as assert from "uvu/assert";
import { BrandSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { suite } from "../harness.ts";
import type { Fixture } from "../render/gallery.ts";
import { launchChromium } from "./chromium.ts";
import { drawFragment, everyKind } from "./every-kind.ts";
import { hostPage, hostPolicy } from "./host-page.ts";
import { type Site, startSite } from "./site.ts";
import { waitForRest } from "./wait-for-rest.ts";

/** A dashboard in pages of others, whose files come from another origin and are known by their digests. */
const test = suite("embedding in Chromium");
const read = (url: string | URL) => readFileSync(new URL(url), "utf8");
const own = (name: string) => read(new URL(`hosts/${name}`, import.meta.url));
const factsScript = read(new URL("host-facts.js", import.meta.url));
const hostile = own("hostile.css");
// What a build of Tailwind does with it: `--theme(name, fallback)` is the fallback where there is no theme.
const preflight = read(import.meta.resolve("tailwindcss/preflight.css")).replace(/--theme\(\s*[\w-]+,([^)]*)\)/g, "$1");

/** The style sheets of host pages. */
const hosts = {
  plain: "",
  "Bootstrap's": read(import.meta.resolve("bootstrap/dist/css/bootstrap.css")),
  "Tailwind's preflight": preflight,
  "Tailwind's preflight in its layer": `@layer theme, base, components, utilities;\n@layer base {\n${preflight}}`,
  "a hostile one": hostile + own("hostile-shapes.css"),
  "a hostile one in a layer": `@layer host {\n${hostile}}`,
} as const;
type Host = keyof typeof hosts;

const viewport = { width: 1280, height: 900 };
let browser: Browser;
let context: BrowserContext;
let site: Site;
let fragment: string;
/** A dashboard in a plain page. */
let atRest: Looks;
let inUse: Looks;

test.before(async () => {
  site = await startSite();
  const { script } = site.assets;
  const policy = hostPolicy(site.assetsUrl);
  fragment = drawFragment(site.renderer, everyKind);
  site.put("/host.css", "text/css", own("host.css"));
  const { outputFiles } = await build({
    entryPoints: [new URL("hosts/react-host.js", import.meta.url).pathname],
    bundle: true,
    write: false,
    minify: true,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  site.put("/react-host.js", "text/javascript", outputFiles[0]!.text);
  for (const [name, css] of Object.entries(hosts)) {
    site.put(pathOf(name, "css"), "text/css", css);
    site.put(pathOf(name), "text/html", hostPage(script, pathOf(name, "css")), policy);
  }
  site.put(
    "/react",
    "text/html",
    hostPage(script, pathOf("plain", "css"), '<script defer src="/react-host.js"></script>'),
    policy,
  );
  browser = await launchChromium();
  context = await browser.newContext({ viewport });
  const [first, second] = [await open(pathOf("plain")), await open(pathOf("plain"))];
  for (const { page } of [first, second]) await put(page, fragment);
  await use(second.page);
  atRest = await looksOf(first.page, inside);
  inUse = await looksOf(second.page, inside);
  assert.ok(atRest.digests.length > 1000);
});
test.after(async () => {
  await browser?.close();
  await site?.close();
});

const pathOf = (host: string, kind = "html") => `/${host.toLowerCase().replaceAll(/\W+/g, "-")}.${kind}`;

/** Opens a host page and notes what it complains about. */
async function open(path: string, within = context): Promise<{ page: Page; complaints: string[] }> {
  const page = await within.newPage();
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  await page.goto(`${site.url}${path}`);
  await page.evaluate(`globalThis.facts = ${factsScript}; 0`);
  return { page, complaints };
}

/** Puts a dashboard in by innerHTML, and waits until it is dressed and interactive. */
async function put(page: Page, html: string): Promise<void> {
  await page.evaluate(`facts.put(${JSON.stringify(html)})`);
  await settle(page);
}

async function settle(page: Page): Promise<void> {
  await page.waitForSelector(".dj .dj-swap", { state: "attached" });
  await page.evaluate(`(async () => {
    const links = [...document.querySelectorAll(".dj link")];
    while (!links.every(({ sheet }) => sheet)) await new Promise((done) => requestAnimationFrame(done));
  })()`);
  await waitForRest(page);
}

const inside = ".dj, .dj *";
const outside = "html, body, #app, #sentinels, #sentinels *";

/** Returns a number for the look of each element, the same where it is the same. */
async function digestsOf(page: Page, selector: string): Promise<readonly number[]> {
  return (await page.evaluate(`facts.digests(${JSON.stringify(selector)})`)) as number[];
}

/** How a page's elements look, to compare with. */
type Looks = { readonly page: Page; readonly selector: string; readonly digests: readonly number[] };

async function looksOf(page: Page, selector: string): Promise<Looks> {
  return { page, selector, digests: await digestsOf(page, selector) };
}

/** Returns the elements of a page that look otherwise than on another, and how. */
async function differences(page: Page, { page: model, selector, digests }: Looks): Promise<string[]> {
  const found = await digestsOf(page, selector);
  if (digests.length !== found.length) return [`${digests.length} elements became ${found.length}`];
  const changed = digests.flatMap((digest, index) => (digest === found[index] ? [] : [index]));
  const lines = changed.length === 0 ? [] : [`${changed.length} elements differ`];
  for (const index of changed.slice(0, 15)) {
    const one = await describe(model, selector, index);
    const other = await describe(page, selector, index);
    const names = Object.keys({ ...one.styles, ...other.styles });
    const told = names
      .filter((name) => one.styles[name] !== other.styles[name])
      .map((name) => `${name}: ${one.styles[name]} -> ${other.styles[name]}`);
    lines.push(`${one.name}: ${told.join("; ")}`);
  }
  return lines;
}

type Description = { readonly name: string; readonly styles: Readonly<Record<string, string>> };

async function describe(page: Page, selector: string, index: number): Promise<Description> {
  return (await page.evaluate(`facts.describe(${JSON.stringify(selector)}, ${index})`)) as Description;
}

/** Opens a chart's table, and another's tooltip. */
async function use(page: Page): Promise<void> {
  await page.locator(".dj-bar .dj-swap").first().click();
  await page.locator(".dj-line [role=img]").focus();
  await page.keyboard.press("End");
  await page.waitForSelector(".dj-tip");
  await waitForRest(page);
}

for (const host of Object.keys(hosts) as Host[]) {
  test(`with a host's style, ${host}, neither side restyles the other, at rest or in use`, async () => {
    const bare = await open(pathOf(host));
    const dressed = await open(pathOf(host));
    const around = await looksOf(bare.page, outside);
    assert.ok(around.digests.length > 20);
    await put(dressed.page, fragment);
    assert.equal(await differences(dressed.page, around), []);
    assert.equal(await differences(dressed.page, atRest), []);
    await use(dressed.page);
    assert.equal(await differences(dressed.page, inUse), []);
    assert.equal(await differences(dressed.page, around), []);
    assert.equal([...bare.complaints, ...dressed.complaints], []);
    for (const { page } of [bare, dressed]) await page.close();
  });
}

test("a difference would be found", async () => {
  const { page } = await open(pathOf("plain"));
  const around = await looksOf((await open(pathOf("plain"))).page, outside);
  await put(page, fragment);
  await page.evaluate(`(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".dj-y span { color: red !important } #sentinels h1 { margin: 1px } .dj p::first-letter { color: red !important }");
    document.adoptedStyleSheets = [sheet];
  })()`);
  assert.match((await differences(page, atRest)).join(), /color: rgb/);
  assert.match((await differences(page, around)).join(), /page: h1\.title: .*margin-top/);
  await page.close();
});

test("a dashboard has its host's typeface unless it asks for ours, which is loaded from where it comes from", async () => {
  const { page } = await open(pathOf("plain"));
  const { layout } = everyKind.definition;
  const definition = { ...everyKind.definition, layout: { ...layout!, font: "" } };
  await page.evaluate("document.querySelector('#slot').style.fontFamily = 'monospace'");
  await put(page, drawFragment(site.renderer, { ...everyKind, definition }));
  const fontOf = `getComputedStyle(document.querySelector(".dj h1")).fontFamily`;
  assert.is(await page.evaluate(fontOf), "monospace");
  await put(page, fragment);
  assert.match((await page.evaluate(fontOf)) as string, /^"Dashboards Inter"/);
  assert.ok(await page.evaluate("[...document.fonts].some(({ status }) => status === 'loaded')"));
  await page.close();
});

test("files that are not what they were when the dashboard was drawn are refused", async () => {
  const { page, complaints } = await open(pathOf("plain"));
  const broken = fragment.replaceAll(/integrity="sha384-..../g, 'integrity="sha384-AAAA');
  await page.evaluate(`facts.put(${JSON.stringify(broken)})`);
  await page
    .waitForEvent("console", { predicate: (line) => /integrity/.test(line.text()), timeout: 5_000 })
    .catch(() => {});
  assert.match(complaints.join("\n"), /Failed to find a valid digest in the 'integrity' attribute/);
  assert.is(await page.evaluate("[...document.querySelectorAll('.dj link')].filter(({ sheet }) => sheet).length"), 0);
  await page.close();
});

test("two dashboards stand on one page: no ids, and to each its own brand", async () => {
  const { page, complaints } = await open(pathOf("plain"));
  const branded = (accent: string, radius: number) =>
    drawFragment(site.renderer, withBrand({ accent, radius, series: [accent, "#0a7a3d"] }));
  await put(page, `${branded("#a00020", 2)}${fragment}${branded("#00508c", 20)}`);
  const looks = await page.evaluate(`[...document.querySelectorAll(".dj")].map((root) => [
    getComputedStyle(root.querySelector(".dj-prose a")).color,
    getComputedStyle(root.querySelector(".dj-line .dj-line")).stroke,
    getComputedStyle(root.querySelector(".dj-panel")).borderTopLeftRadius,
  ])`);
  assert.equal(looks, [
    ["rgb(160, 0, 32)", "rgb(160, 0, 32)", "2px"],
    ["rgb(79, 70, 229)", "rgb(88, 85, 224)", "12px"],
    ["rgb(0, 80, 140)", "rgb(0, 80, 140)", "20px"],
  ]);
  assert.equal(await page.evaluate("facts.ids()"), []);
  assert.is(await page.evaluate(`[...document.querySelectorAll(".dj")].filter(({ update }) => update).length`), 3);
  assert.equal(complaints, []);
  await page.close();
});

test("React mounts, changes and unmounts dashboards, and nothing of them stays", async () => {
  const timed = await browser.newContext({ viewport });
  await timed.clock.install();
  const { page, complaints } = await open("/react", timed);
  const show = (count: number) => page.evaluate(`show(...Array(${count}).fill(${JSON.stringify(fragment)}))`);
  const around = await looksOf(page, outside);

  await show(1);
  await settle(page);
  assert.equal(await differences(page, atRest), []);
  await listen(page);
  await timed.clock.runFor(6_000);
  assert.equal(await heard(page), [0]);

  await use(page);
  await listen(page);
  await show(0);
  await timed.clock.runFor(60_000);
  assert.equal(await heard(page), []);
  assert.is(await page.locator(".dj, .dj-tip, [popover], [class^=dj-]").count(), 0);
  assert.equal(await differences(page, around), []);

  await show(2);
  await settle(page);
  assert.is(await page.locator(".dj-swap").count(), 2 * (await atRest.page.locator(".dj-swap").count()));
  assert.equal(await page.evaluate("facts.ids()"), []);
  await listen(page);
  await show(1);
  await timed.clock.runFor(60_000);
  assert.equal(await heard(page), [0]);
  assert.equal(complaints, []);
  await timed.close();
});

test.run();

/** Hears from now on which dashboards ask for data, also those that leave the page. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(`(globalThis.heard = new Set(), [...document.querySelectorAll(".dj")].forEach((root, index) =>
    root.addEventListener("dashboard:refresh", () => heard.add(index))))`);
}

async function heard(page: Page): Promise<number[]> {
  return (await page.evaluate("[...heard]")) as number[];
}

/** Dresses the dashboard in a brand's colours. */
function withBrand(brand: { readonly accent: string; readonly radius: number; readonly series: string[] }): Fixture {
  const { definition } = everyKind;
  const layout = { ...definition.layout!, brand: create(BrandSchema, brand) };
  return { ...everyKind, definition: { ...definition, layout } };
}
