import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { findFlaw } from "../chart/well-formed.ts";
import { suite } from "../harness.ts";
import { type Element, parseMarkup } from "../markup.ts";
import { asOfMs } from "./gallery.ts";
import { createTestRenderer } from "./renderer.ts";

const test = suite("look");
const renderer = createTestRenderer();

function render(layout: JsonObject, locale = "en-US"): string {
  const panels = [{ id: "a", title: "Notes", note: "As of <noon>", text: { markdown: "Hi" } }];
  const definition = fromJson(DefinitionSchema, { dashboard_id: "look", layout: { title: "Look", panels, ...layout } });
  const presentation = { theme: "auto" as const, locale, timezone: "UTC" };
  return renderer.renderDashboard({
    definition,
    panels: [undefined],
    version: 1,
    filters: [],
    presentation,
    asOfMs,
    ttlS: 60,
  }).html;
}

const stylesOf = (html: string) =>
  parseMarkup(html)
    .children.filter((child): child is Element => typeof child !== "string" && child.tag === "link")
    .map(({ attributes }) => attributes.href);

test("a brand has a class of its own and the style that goes with it, after the dashboards'", () => {
  const html = render({ brand: { accent: "#0B6E4F", accent_dark: "#4FD1A5", radius: 0 } });
  assert.match(html, '<div class="dj dj-auto dj-b-0b6e4f4fd1a5-0-" lang="en">');
  assert.equal(stylesOf(html), ["/assets/style.css", "/assets/brand/0b6e4f4fd1a5-0-.css"]);
  assert.match(html, /brand\/[^"]*" integrity="sha384-[A-Za-z0-9+/]{64}" crossorigin="anonymous"/);
});

test("without a brand and a typeface nothing is added", () => {
  for (const layout of [{}, { brand: {} }, { font: "host" }]) {
    const html = render(layout);
    assert.match(html, '<div class="dj dj-auto" lang="en">');
    assert.equal(stylesOf(html), ["/assets/style.css"]);
    assert.not.match(html, "dj-owner");
  }
});

test("the typeface comes along where it is asked for", () => {
  const html = render({ font: "inter", brand: { radius: 3 } });
  assert.match(html, '<div class="dj dj-auto dj-inter dj-b--3-" lang="en">');
  assert.equal(stylesOf(html), ["/assets/style.css", "/assets/fonts.css", "/assets/brand/-3-.css"]);
});

test("whose it is stands above the title, and its part after a slash", () => {
  assert.match(render({ brand: { logo_text: "Acme & Co" } }), /<p class="dj-owner"[^>]*><b>Acme &amp; Co<\/b><\/p><h1/);
  assert.match(
    render({ brand: { logo_text: "Acme / Platform / Pay" } }),
    /<p class="dj-owner"[^>]*><b>Acme<\/b> <span>\/ Platform \/ Pay<\/span><\/p>/,
  );
});

test("it is read from the right where its locale is", () => {
  for (const locale of ["ar", "ar-EG", "he-IL", "fa", "ur-PK", "az-Arab"]) {
    assert.match(render({}, locale), '<div class="dj dj-auto" lang="en" dir="rtl">', locale);
  }
  for (const locale of ["en-US", "de-DE", "az", "ja", "xx", "not a locale"]) {
    assert.match(render({}, locale), '<div class="dj dj-auto" lang="en">', locale);
  }
});

test("words of whoever made it have no language claimed for them, and run their own way", () => {
  assert.match(render({}), '<h1 lang="" dir="auto">Look</h1>');
  assert.match(render({}), '<h2 dir="auto">Notes</h2>');
  assert.match(render({}), /<section [^>]*lang=""/);
});

test("a panel's note stands below what it shows", () => {
  const html = render({});
  assert.match(html, /<p>Hi<\/p><\/div><p class="dj-foot"[^>]*>As of &lt;noon&gt;<\/p><\/section>/);
  assert.is(findFlaw(html), undefined);
});

test("a blank dashboard has a look as well", () => {
  const definition = create(DefinitionSchema, { dashboardId: "blank", layout: { brand: { logoText: "Acme" } } });
  const presentation = { theme: "dark" as const, locale: "", timezone: "" };
  const input = { definition, panels: [], version: 1, filters: [], presentation, asOfMs: undefined, ttlS: 60 };
  assert.match(renderer.renderDashboard(input).html, '<div class="dj dj-dark" lang="en">');
});

test.run();
