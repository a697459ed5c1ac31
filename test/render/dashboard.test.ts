import { fromJson } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { DashboardInput } from "../../src/render/dashboard.ts";
import type { Island } from "../../src/render/island.ts";
import { findFlaw, findNonsense } from "../chart/well-formed.ts";
import { suite } from "../harness.ts";
import { asOfMs, blank, checkoutHealth, type Fixture, frameOf } from "./gallery.ts";
import { oddities } from "./oddities.ts";
import { createTestRenderer } from "./renderer.ts";

const test = suite("dashboard");
const renderer = createTestRenderer();

const render = (fixture: Fixture, more: Partial<DashboardInput> = {}) =>
  renderer.renderDashboard({
    ...fixture,
    version: 3,
    filters: [],
    presentation: { theme: "auto", locale: "en-US", timezone: "Europe/Berlin" },
    asOfMs,
    ttlS: 300,
    ...more,
  });

const islandOf = (html: string): Island => JSON.parse(/class="dj-island">(.*)<\/script><\/div>$/.exec(html)![1]!);

test("a dashboard is one div that begins with its style and ends with its data", () => {
  const { html } = render(checkoutHealth);
  assert.match(
    html,
    /^<div class="dj dj-auto" lang="en"><link rel="stylesheet" href="\/assets\/style\.css" integrity="sha384-style" crossorigin="anonymous">/,
  );
  assert.match(html, /<script type="application\/json" class="dj-island">[^<>&]*<\/script><\/div>$/);
});

for (const [name, fixture] of Object.entries({ checkoutHealth, oddities, blank })) {
  test(`${name} is well-formed, without nonsense, and the same twice`, () => {
    const { html } = render(fixture);
    assert.is(findFlaw(html), undefined);
    assert.is(findNonsense(html), undefined);
    assert.is(render(fixture).html, html);
    assert.is(render(fixture, {}).html, createTestRenderer().renderDashboard({ ...inputFor(fixture) }).html);
  });
}

test("the header says what is set and when the data was read, the footer how long it holds", () => {
  const filters = [
    { name: "env", title: "Environment", text: "production" },
    { name: "period", title: "Period", text: "Last 24 hours" },
  ];
  const { html } = render(checkoutHealth, { filters });
  assert.match(html, "<span>Environment</span><b>production</b>");
  assert.match(html, '<span class="dj-sr">Period: </span><b>Last 24 hours</b>');
  assert.match(html, '<span>Updated <time datetime="2026-06-17T14:00:00.000Z">16:00</time></span>');
  assert.match(html, "<p>12 panels · cached for 5 minutes</p><p>All times in Europe/Berlin</p>");
});

test("a panel without data says so, the others stay, and the header tells", () => {
  const panels = checkoutHealth.panels.map((data, index) =>
    index === 4 ? { ok: false as const, error: "source_timeout" } : data,
  );
  const { html, panels: states } = render(checkoutHealth, { panels });
  assert.match(html, "This took too long to load");
  assert.match(html, "Incomplete, updated");
  assert.equal(
    states.filter(({ error }) => error !== ""),
    [{ id: "throughput-by-region", error: "source_timeout" }],
  );
  assert.is(html.match(/<section/g)!.length, 12);
});

test("a column that the rows lack is told of", () => {
  const { panels, html } = render({ ...one({ line: { x: "x", y: ["gone"] } }), panels: [data(frameOf({ x: [1] }))] });
  assert.equal(panels, [{ id: "panel-1", error: "column_missing" }]);
  assert.match(html, "A column is missing");
});

test("stale data says how old it is", () => {
  const { html } = render({
    ...one({ stat: { value: "y" } }),
    panels: [{ ...data(frameOf({ y: [1] })), stale: true }],
  });
  assert.match(html, '<p class="dj-age">as of 16:00</p>');
  assert.match(html, "Delayed, updated");
});

test("columns read as their datasource says", () => {
  const fixture = {
    ...one({ table: {} }, { y: { title: "Sold", unit: "usd", decimals: 0 } }),
    panels: [data(frameOf({ y: [1234.4] }))],
  };
  assert.match(
    render(fixture).html,
    '<th scope="col" class="dj-number">Sold</th></tr></thead><tbody><tr><td class="dj-number">$1,234</td>',
  );
});

test("panels of one title are named apart", () => {
  const { html } = render({ ...one({ text: {} }, {}, { title: "Notes" }, { title: "Notes" }), panels: [] });
  assert.match(html, 'aria-label="Notes"');
  assert.match(html, 'aria-label="Notes (2)"');
});

test("the island holds what is drawn and nothing else", () => {
  const frame = frameOf({ x: [1, 2], y: [3, null], hidden: [5, 6] });
  const { html } = render({
    ...one({ line: { x: "x", y: ["y"] } }, { y: { title: "Sold", unit: "usd" } }),
    panels: [data(frame)],
  });
  const usd = { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol" };
  const digits = { signDisplay: "negative", minimumFractionDigits: 0, maximumFractionDigits: 0 };
  assert.equal(islandOf(html), {
    v: 2,
    dashboard_id: "one",
    version: 3,
    ttl_s: 300,
    as_of: "2026-06-17T14:00:00.000Z",
    locale: "en-US",
    timezone: "Europe/Berlin",
    panels: [
      {
        id: "panel-1",
        kind: "line",
        axes: { x: { scale: "linear", from: 1, to: 2 }, y: { scale: "linear", from: 2, to: 4 } },
        columns: [
          { title: "x", type: "number", values: [1, 2], format: { options: { ...digits, useGrouping: "min2" } } },
          { title: "Sold", type: "number", unit: "usd", values: [3, null], format: { options: { ...usd, ...digits } } },
        ],
      },
    ],
  });
});

test("no text gets out of its place", () => {
  const hostile = fc.constantFrom(
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='x",
    "\u2028<!--",
    "<%= it %>",
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const definition = fromJson(DefinitionSchema, {
        dashboard_id: "x",
        layout: {
          title: text,
          description: text,
          panels: [
            { title: text, description: text, datasource: "d", table: {} },
            { title: text, datasource: "d", bar: { x: "w", y: ["n"], orientation: "horizontal" } },
            { title: text, datasource: "d", line: { x: "w", y: ["n"], series: "w" } },
            { title: text, text: { markdown: text } },
          ],
        },
        datasources: [
          { id: "d", inline: { columns: [{ name: "x" }] }, columns: { w: { title: text }, n: { title: text } } },
        ],
      });
      const frame = data(frameOf({ w: [text, "b"], n: [1, 2] }));
      const { html } = render(
        { definition, panels: [frame, frame, frame, undefined] },
        { filters: [{ name: "f", title: text, text }] },
      );
      const page = renderer.renderSharePage({
        title: text,
        fragment: html,
        expiresAtMs: asOfMs,
        presentation: { theme: "light", locale: "en", timezone: "UTC" },
      });
      assert.is(findFlaw(page), undefined);
      assert.equal(page.match(/<script [^ ]+/g), ["<script defer", '<script type="application/json"']);
      assert.not.match(page, /<img|<!--/);
      assert.not.match(renderer.renderNotice({ title: text, message: text }), /<script|<img/);
    }),
  );
});

test("a share link's page is a whole document that robots leave alone", () => {
  const presentation = { theme: "dark" as const, locale: "en-US", timezone: "Europe/Berlin" };
  const page = renderer.renderSharePage({ title: "", fragment: render(blank).html, expiresAtMs: asOfMs, presentation });
  assert.match(page, /^<!doctype html><html lang="en" class="dj-sheet dj-dark" data-self-refresh>/);
  assert.match(page, '<meta name="robots" content="noindex, nofollow">');
  assert.match(page, "<title>Dashboard</title>");
  assert.match(page, "Jun 17, 2026, 16:00 (Europe/Berlin)");
  assert.is(findFlaw(page), undefined);
});

test("a page that stays as it is says of when it is, has the style that it was drawn for, and is not asked for anew", () => {
  const presentation = { theme: "light", locale: "en-US", timezone: "Europe/Berlin", place: "kept" } as const;
  const fragment = render(blank, { presentation }).html;
  const style = { url: "https://d.test/assets/dashboard.0000.css", integrity: "sha384-x" };
  const page = renderer.renderSharePage({
    title: "",
    fragment,
    expiresAtMs: 4e12,
    presentation,
    kept: { asOfMs, style },
  });
  assert.match(page, /^<!doctype html><html lang="en" class="dj-sheet dj-light">/);
  assert.match(
    page,
    'A snapshot as of <time datetime="2026-06-17T14:00:00.000Z">Jun 17, 2026, 16:00 (Europe/Berlin)</time>.',
  );
  assert.match(page, `<link rel="stylesheet" href="${style.url}" integrity="sha384-x"`);
  assert.match(fragment, '<span>As of <time datetime="2026-06-17T14:00:00.000Z">Jun 17, 2026, 16:00</time>');
  assert.not.match(fragment, /cached for|<link/);
  assert.is(findFlaw(page), undefined);
});

test("a share link's page links to each of its styles once, and to the brand's", () => {
  const brand = { accent: "#112233" };
  const definition = fromJson(DefinitionSchema, { dashboard_id: "one", layout: { font: "inter", brand, panels: [] } });
  const presentation = { theme: "auto", locale: "en-US", timezone: "Europe/Berlin", place: "page" } as const;
  const fragment = render({ definition, panels: [] }, { presentation }).html;
  const page = renderer.renderSharePage({ title: "", fragment, expiresAtMs: asOfMs, presentation });
  const links = [...page.matchAll(/<link rel="stylesheet" href="([^"]*)"/g)].map(([, href]) => href!);
  assert.is(links.length, 4);
  assert.is(new Set(links).size, 4);
  assert.match(links[3]!, /\/assets\/brand\/112233/);
});

test("an empty dashboard is a page all the same", () => {
  assert.match(render(blank, { asOfMs: undefined }).html, "This dashboard has no panels yet.");
});

function inputFor(fixture: Fixture): DashboardInput {
  const presentation = { theme: "auto", locale: "en-US", timezone: "Europe/Berlin" } as const;
  return { ...fixture, version: 3, filters: [], presentation, asOfMs, ttlS: 300 };
}

function data(frame: ReturnType<typeof frameOf>) {
  return { ok: true as const, frame, previous: undefined, asOfMs, stale: false };
}

/** A dashboard of one panel, or of one for each of the titles given. */
function one(kind: object, columns: object = {}, ...panels: readonly object[]): { definition: Fixture["definition"] } {
  const list = (panels.length === 0 ? [{}] : panels).map((panel) => ({
    ...panel,
    ...kind,
    datasource: "text" in kind ? "" : "d",
  }));
  return {
    definition: fromJson(DefinitionSchema, {
      dashboard_id: "one",
      layout: { panels: list },
      datasources: [{ id: "d", inline: { columns: [{ name: "x" }] }, columns: { ...columns } }],
    }),
  };
}

test.run();
