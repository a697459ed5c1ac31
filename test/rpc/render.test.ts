import { createHash } from "node:crypto";
import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createRenderer } from "../../src/render/dashboard.ts";
import { createBulkhead } from "../../src/rpc/bulkhead.ts";
import { toLoaded } from "../../src/rpc/definitions.ts";
import { asSaved } from "../../src/rpc/presentation.ts";
import { createDashboardRendering, type DashboardRendering } from "../../src/rpc/render.ts";
import type { SourceRunner } from "../../src/source/runner.ts";
import { definitionOf, duckdbOf, valuesOf } from "../definition/make.ts";
import { suite } from "../harness.ts";
import { frameOf } from "../render/gallery.ts";
import { templates } from "../render/renderer.ts";

const test = suite("rendering");

const nowMs = Date.parse("2026-06-17T14:00:00Z");

/** A rendering of a process of its own, which counts what it draws. */
function setUp(origin = "https://links.test") {
  const asset = (file: string) => ({ url: `${origin}/assets/${file}`, integrity: `sha384-${file}` });
  const renderer = createRenderer({
    templates,
    assets: {
      origin,
      style: asset("dashboard.css"),
      shareStyle: asset("page.css"),
      fontStyle: asset("fonts.css"),
      script: asset("dashboard.js"),
    },
  });
  const state = { draws: 0, beforePanels: [] as (() => void)[] };
  const sources: SourceRunner = {
    async run() {
      const frame = frameOf({ plan: ["Free", "Team"], orders: [3, 4] });
      return { ok: true, frame, asOfMs: nowMs, ttlS: 300, stale: false };
    },
    async close() {},
  };
  const rendering = createDashboardRendering({
    sources,
    renderer: {
      ...renderer,
      *drawDashboard(input) {
        const before = state.beforePanels[state.draws];
        state.draws += 1;
        for (let panel = 0; before !== undefined && panel < 5; panel += 1) {
          before();
          yield;
        }
        return yield* renderer.drawDashboard(input);
      },
    },
    cache: createByteCache({ maxBytes: 1 << 24, now: () => nowMs }),
    bulkhead: createBulkhead({ perTenant: 4, total: 4, waitMs: 100, maxWaiting: 10 }),
    now: () => nowMs,
  });
  return { state, rendering };
}

const loaded = toLoaded(
  definitionOf({
    filters: [
      { name: "plan", type: "string", options: ["Free", "Team"] },
      { name: "period", type: "range", default: "last 30d" },
    ],
    layout: {
      title: "Orders",
      panels: [
        {
          title: "Orders",
          datasource: "q",
          table: { columns: [{ name: "plan" }, { name: "orders" }] },
          click: ["plan"],
        },
      ],
    },
    datasources: [duckdbOf("q", "select 1 [[where plan = :plan and day >= :period_from]]")],
  }),
  3,
);

type Wanted = Parameters<DashboardRendering["render"]>[2];
const plain: Wanted = { ...asSaved, filters: {} };
const render = (rendering: DashboardRendering, more: Partial<Wanted> = {}) =>
  rendering.render("acme", loaded, { ...plain, ...more });

/** Requests of which no two may be answered with the same bytes. */
const different: Readonly<Record<string, Partial<Wanted>>> = {
  "an embed": {},
  "no hydration": { hydrate: "none" },
  "a link without viewer filters": { viewerFilters: [] },
  "a link with one": { viewerFilters: ["plan"] },
  "a link with another": { viewerFilters: ["period"] },
  "a link with both": { viewerFilters: ["plan", "period"] },
  "a theme": { theme: "dark" },
  "a value": { filters: valuesOf({ plan: "Team" }) },
  "a value on a link": { viewerFilters: ["plan"], filters: valuesOf({ plan: "Team" }) },
  "a span in days": { filters: valuesOf({ period: "2026-01-01/2026-02-01" }) },
  "the same span in hours": { filters: valuesOf({ period: "2026-01-01T00:00/2026-02-01" }) },
};

test("renders that are shown in different ways never share what is kept", async () => {
  const { rendering, state } = setUp();
  const digests = new Set<string>();
  for (const wanted of Object.values(different)) digests.add((await render(rendering, wanted)).digest);
  assert.is(digests.size, Object.keys(different).length);
  assert.is(state.draws, Object.keys(different).length);
});

test("what is asked again in another way is drawn once", async () => {
  const { rendering, state } = setUp();
  await render(rendering);
  await render(rendering, { hydrate: "inline" });
  await render(rendering, { theme: "auto", locale: "en-US", timezone: "UTC" });
  await render(rendering, { filters: valuesOf({ plan: null, period: "last 30d" }) });
  assert.is(state.draws, 1);
  await render(rendering, { viewerFilters: ["plan", "period"] });
  await render(rendering, { viewerFilters: ["period", "plan"] });
  assert.is(state.draws, 2);
});

for (const [name, wanted] of Object.entries(different)) {
  test(`two processes give the same bytes, and their digest: ${name}`, async () => {
    const [one, two] = await Promise.all([render(setUp().rendering, wanted), render(setUp().rendering, wanted)]);
    assert.is(one.html, two.html);
    assert.is(one.digest, two.digest);
    assert.is(one.digest, createHash("sha256").update(one.html, "utf8").digest("hex"));
  });
}

test("heavy panels let others draw in between, and light ones are drawn in one turn", async () => {
  const { rendering, state } = setUp();
  const drawn: string[] = [];
  const heavy = () => {
    drawn.push("heavy");
    for (const endMs = performance.now() + 20; performance.now() < endMs; );
  };
  state.beforePanels = [heavy, () => drawn.push("light")];
  await Promise.all([render(rendering), render(rendering, { theme: "dark" })]);
  const [h, l] = ["heavy", "light"];
  assert.equal(drawn, [h, l, l, l, l, l, h, h, h, h]);
});

test("another origin changes the addresses of the assets and nothing else", async () => {
  const one = await render(setUp("https://a.test").rendering);
  const two = await render(setUp("https://longer.test").rendering);
  assert.is.not(one.digest, two.digest);
  assert.is(one.html.replaceAll("https://a.test", "https://longer.test"), two.html);
});

test("without hydration there is no script, no control and nothing to click, and the same to read", async () => {
  const { rendering } = setUp();
  const { html: inline } = await render(rendering);
  const { html: none } = await render(rendering, { hydrate: "none" });
  assert.match(inline, '<script type="application/json" class="dj-island">');
  assert.match(inline, '<template class="dj-controls"><form');
  assert.match(inline, 'data-column="plan" data-value="Team"');
  assert.not.match(none, /<script|<template|<form|"dj-go"|dj-island/);
  for (const text of ["Free", "Team", "Last 30 days"]) assert.match(none, text);
});

test("on a link's page the viewer's filters are a form and links, and the others are told to be fixed", async () => {
  const { html } = await render(setUp().rendering, { viewerFilters: ["plan"] });
  assert.match(html, '<form class="dj-filters" method="get"');
  assert.not.match(html, /<template|data-column/);
  assert.match(html, 'href="?plan=Team"');
  assert.match(html, /Last 30 days<\/b>.*fixed<\/span><\/li>/);
  assert.not.match(html, 'name="period"');
});

test("filters that are inferred are changed by whoever is told of them: on a link, and not in an embed", async () => {
  const inferred = toLoaded(definitionOf({ datasources: [duckdbOf("q", "select 1 [[where plan = :plan]]")] }), 1);
  const { rendering } = setUp();
  const embed = await rendering.render("acme", inferred, plain);
  const page = await rendering.render("acme", inferred, { ...plain, viewerFilters: ["plan"] });
  assert.not.match(embed.html, "<form");
  assert.match(page.html, '<input type="text"');
});

test.run();
