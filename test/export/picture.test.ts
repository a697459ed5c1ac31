import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { panelIds } from "../../src/definition/panel.ts";
import { drawPicture } from "../../src/export/layout/picture.ts";
import { pictureLimits } from "../../src/export/pictures.ts";
import { createRasterize } from "../../src/export/rasterize.ts";
import type { PanelData } from "../../src/render/panel.ts";
import { everyKind } from "../browser/every-kind.ts";
import { suite } from "../harness.ts";
import { asOfMs, type Fixture, frameOf } from "../render/gallery.ts";
import { oddities } from "../render/oddities.ts";
import { createTestRenderer, css } from "../render/renderer.ts";
import { readPng } from "./read-png.ts";

/** Pictures of dashboards, laid out without a browser. */
const test = suite("export: pictures");

const renderer = createTestRenderer();
const rasterize = createRasterize();

function fragmentOf({ definition, panels }: Fixture, theme: "light" | "dark" | "auto" = "light"): string {
  return renderer.renderDashboard({
    ...{ definition, version: 1, panels, asOfMs, ttlS: 5 },
    filters: [{ name: "env", title: "Environment", text: "production" }],
    presentation: { theme, locale: "en-US", timezone: "UTC", place: "still" },
  }).html;
}

const draw = (html: string, { panel = "", widthPx = 1200 } = {}) => {
  return drawPicture({ html, panel, widthPx, css: css.root! });
};

const panel = (kind: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: "one",
  datasource: "d",
  ...kind,
  ...more,
});

function dashboard(panels: JsonObject[], data: PanelData[], layout: JsonObject = {}): Fixture {
  const definition = fromJson(DefinitionSchema, { dashboard_id: "d", layout: { title: "Title", panels, ...layout } });
  return { definition, panels: data };
}

const dataOf = (columns: Parameters<typeof frameOf>[0], times: string[] = []): PanelData => {
  return { ok: true, frame: frameOf(columns, times), previous: undefined, asOfMs, stale: false };
};

const bars = dashboard(
  [panel({ bar: { x: "x", y: ["y"] } }, { title: "Bars", grid: { x: 0, y: 0, w: 24, h: 8 } })],
  [dataOf({ x: ["a", "b", "c", "d"], y: [4, 4, 4, 4] })],
);

test("a dashboard with every kind of panel is a picture of it, the same each time", () => {
  const html = fragmentOf(everyKind);
  const picture = draw(html);
  assert.is(draw(html).svg, picture.svg);
  for (const wrong of ["var(", "color-mix", "undefined", "NaN", "<image", "Infinity", "class="]) {
    assert.not.match(picture.svg, wrong);
  }
  for (const id of ["background", "fill"]) assert.ok(!picture.svg.includes(`${id}=""`), id);
  const words = [...picture.svg.matchAll(/>([^<>]+)<\/(?:text|tspan)>/g)].map(([, text]) => text!);
  for (const { title } of everyKind.definition.layout!.panels) {
    assert.ok(
      words.some((word) => title.startsWith(word.replace(/…$/, ""))),
      `${title} is drawn`,
    );
  }
  const png = rasterize(picture.svg, 1);
  assert.equal(Buffer.compare(png, rasterize(picture.svg, 1)), 0);
  const pixels = readPng(png);
  assert.equal([pixels.width, pixels.height], [1200, picture.heightPx]);
  for (const series of ["#6f6ce4", "#0a94a8", "#cf7f0b", "#14171f"]) {
    assert.ok(pixels.count(series) > 200, `${series} is somewhere`);
  }
});

test("bars are where they are in the page, and the card stands on the page's ground", () => {
  const pixels = readPng(rasterize(draw(fragmentOf(bars)).svg, 2));
  assert.is(pixels.width, 2400);
  assert.is(pixels.at(4, 4), "#f6f7f9");
  // The card is from 28 to 1172 across, and below the header.
  assert.is(pixels.at(2 * 40, 2 * 120), "#ffffff");
  const plot = { x: 100, y: 300, w: 2200, h: 500 };
  const ink = pixels.count("#6f6ce4", plot) / (plot.w * plot.h);
  assert.ok(ink > 0.2 && ink < 0.6, `bars cover ${ink} of the plot`);
  // Four bars and the gaps between: colour changes eight times along a line.
  const line = Array.from({ length: 2200 }, (_, index) =>
    pixels.count("#6f6ce4", { x: 100 + index, y: 700, w: 1, h: 1 }),
  );
  assert.is(line.filter((one, index) => index > 0 && one !== line[index - 1]).length, 8);
});

test("dark is dark, and what follows its viewer is light", () => {
  const dark = readPng(rasterize(draw(fragmentOf(bars, "dark")).svg, 1));
  assert.is(dark.at(4, 4), "#0a0b0e");
  assert.ok(dark.count("#eceef3") > 20, "words are light");
  assert.is(draw(fragmentOf(bars, "auto")).svg, draw(fragmentOf(bars, "light")).svg);
});

test("a brand's colours and corners are those of its style sheet", () => {
  const brand = { series: ["#12805c"], logo_text: "Acme / Platform", radius: 0 };
  const picture = draw(
    fragmentOf(
      dashboard(
        bars.definition.layout!.panels.length > 0 ? [panel({ bar: { x: "x", y: ["y"] } })] : [],
        [...bars.panels],
        { brand },
      ),
    ),
  );
  const pixels = readPng(rasterize(picture.svg, 1));
  assert.ok(pixels.count("#2f9271") > 5_000);
  assert.is(pixels.count("#6f6ce4"), 0);
  assert.match(picture.svg, ">Acme</text>");
});

test("one panel alone fills the picture", () => {
  const picture = draw(fragmentOf(everyKind), { panel: idOf(everyKind, "bar"), widthPx: 800 });
  assert.is(picture.widthPx, 800);
  assert.ok(picture.heightPx < 560, `${picture.heightPx} px high`);
  assert.is(picture.svg.match(/<clipPath/g)!.length >= 1, true);
  const none = draw(fragmentOf(everyKind), { panel: "nothing-like-it" });
  assert.not.match(none.svg, "<text");
});

test("it is laid out for its width: three columns of panels become two, then one", () => {
  const html = fragmentOf(everyKind);
  const [wide, middle, small] = [1200, 834, 390].map((widthPx) => draw(html, { widthPx }));
  assert.ok(wide!.heightPx < middle!.heightPx && middle!.heightPx < small!.heightPx);
  for (const { svg } of [middle!, small!]) assert.not.match(svg, "NaN");
});

test("on a phone a tile has room for all its words, and its neighbour is as high", () => {
  const tile = (note: string) => `<section class="dj-panel dj-stat dj-w6 dj-h3 dj-sm1">
    <div class="dj-head"><h2>On-time arrivals</h2>${note}</div><p class="dj-value">80</p>
    <p class="dj-delta"><span class="dj-pill">1</span><span class="dj-versus">vs before</span></p>
    <svg class="dj-spark" viewBox="0 0 10 10"><path d="M0 0L10 10"/></svg></section>`;
  const noted = '<p class="dj-note">of an average day</p>';
  const [plain, mixed] = [tile("") + tile(""), tile("") + tile(noted)].map((tiles) => `<div class="dj">${tiles}</div>`);
  const [low, high] = [plain!, mixed!].map((html) => draw(html, { widthPx: 390 }));
  assert.is(high!.heightPx - low!.heightPx, 20);
  const cards = [...high!.svg.matchAll(/<clipPath[^>]*><rect [^>]*height="([\d.]+)"/g)].map(([, px]) => px);
  assert.equal([cards.length, new Set(cards).size], [2, 1]);
  assert.not.match(high!.svg, "vs before");
  assert.match(draw(mixed!).svg, "vs before");
});

test("whatever words there are, they stay words", () => {
  const hostile = [
    '<image href="/etc/passwd"/>',
    '"><image xlink:href="file:///etc/passwd"/><text y="',
    "</text><script>alert(1)</script>",
    "&lt;image&gt; &amp; ]]> <![CDATA[",
    "url(#c0) \u0000\u0007 \u202e",
    "x".repeat(5_000),
    "",
  ];
  const markdown = hostile.map((text) => `${text}\n\n- ${text}\n\n> \`${text}\``).join("\n\n");
  const fixture = dashboard(
    [
      panel({ table: {} }, { id: "t", title: hostile[0]!, description: hostile[1]!, note: hostile[2]! }),
      panel({ bar: { x: "x", y: ["y"], orientation: "horizontal" } }, { id: "b", title: "Bars" }),
      panel({ line: { x: "x", y: ["y"] } }, { id: "l", title: "x".repeat(256) }),
      panel({ pie: { label: "x", value: "y" } }, { id: "p" }),
      { id: "m", title: "Words", text: { markdown: markdown.slice(0, 16_000) } },
    ],
    [0, 1, 2, 3]
      .map(() => dataOf({ x: hostile, y: hostile.map((_, index) => index * 1e300) }))
      .concat([undefined] as never),
    { title: hostile[0]!, description: hostile[3]! },
  );
  const { svg } = draw(fragmentOf(fixture));
  const tags = new Set([...svg.matchAll(/<([a-zA-Z!?][\w:-]*)/g)].map(([, tag]) => tag));
  const ours = ["svg", "g", "rect", "text", "tspan", "path", "line", "circle", "clipPath"];
  assert.equal(
    [...tags].filter((tag) => !ours.includes(tag!)),
    [],
  );
  assert.not.match(svg, 'href="');
  readPng(rasterize(svg, 1));
});

test("data at its limits, failures and emptiness are drawn, too", () => {
  const { svg } = draw(fragmentOf(oddities));
  for (const wrong of ["NaN", "Infinity", "undefined"]) assert.not.match(svg, wrong);
  readPng(rasterize(svg, 1));
  const failed = draw(fragmentOf(dashboard([panel({ table: {} })], [{ ok: false, error: "source_timeout" }])));
  assert.match(failed.svg, "This took too long to load");
  assert.match(draw(fragmentOf(dashboard([], []))).svg, "This dashboard has no panels yet.");
});

const arabicFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
const fontTest = "letters that our fonts do not have are those of the operator's";
if (!existsSync(arabicFont)) test.skip(fontTest, "there is no font with Arabic letters here");
else {
  test(fontTest, () => {
    const { svg } = draw(fragmentOf(dashboard([], [], { title: "\u0645\u0631\u062d\u0628\u0627" })), { widthPx: 400 });
    const [without, withFont] = [rasterize, createRasterize(dirname(arabicFont))].map((paint) => paint(svg, 1));
    assert.is.not(Buffer.compare(without!, withFont!), 0);
    assert.equal(createRasterize("/nothing/is/here")(svg, 1), without);
  });
}

test("a list that does not fit says how much more there is", () => {
  const rows = Array.from({ length: 40 }, (_, index) => `row ${index}`);
  const grid = { x: 0, y: 0, w: 12, h: 6 };
  const data = dataOf({ x: rows, y: rows.map((_, index) => index) });
  const table = draw(fragmentOf(dashboard([panel({ table: {} }, { grid })], [data]))).svg;
  const shown = [...table.matchAll(/>row \d+</g)].length;
  assert.ok(shown >= 4 && shown < 8);
  assert.match(table, `and ${40 - shown} more`);
  const list = draw(
    fragmentOf(dashboard([panel({ bar: { x: "x", y: ["y"], orientation: "horizontal" } }, { grid })], [data])),
  ).svg;
  assert.match(list, /and \d+ more/);
});

test("words count as what they take to paint: pages of them are too much, and full dashboards are not", () => {
  const full = draw(fragmentOf(everyKind));
  assert.ok(full.linesPx * 3 < pictureLimits.maxLinesPx, `${full.linesPx}`);
  const prose = (inner: string) =>
    `<section class="dj-panel dj-w24 dj-h20"><div class="dj-prose"><p>${inner}</p></div></section>`;
  for (const inner of ["word ".repeat(1_600), "<strong>a</strong> b ".repeat(1_000), "<code>a</code> ".repeat(2_000)]) {
    const { linesPx } = draw(`<div class="dj">${prose(inner).repeat(17)}</div>`, { widthPx: 1_760 });
    assert.ok(linesPx > pictureLimits.maxLinesPx, `${linesPx}`);
  }
});

test("markup that is not ours is drawn as its words or not at all", () => {
  for (const html of [
    "",
    "no markup",
    "<div class=dj><section class=dj-panel><video>words",
    "<".repeat(1_000),
    "<div>".repeat(500),
  ]) {
    assert.match(draw(html).svg, /^<svg /);
  }
  const unknown =
    '<div class="dj"><section class="dj-panel dj-w8 dj-h4"><p class="dj-later">Some words</p></section></div>';
  assert.match(draw(unknown).svg, "Some words");
});

test.run();

function idOf({ definition }: Fixture, kind: string): string {
  const { panels } = definition.layout!;
  return panelIds(definition.layout!)[panels.findIndex((one) => one.kind.case === kind)]!;
}
