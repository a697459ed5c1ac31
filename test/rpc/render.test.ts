import { createHash } from "node:crypto";
import * as assert from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { toErrorAnswer, toFault } from "../../src/errors/answer.ts";
import { createBulkhead } from "../../src/limit/bulkhead.ts";
import { createHoldings } from "../../src/limit/holdings.ts";
import { createRenderer } from "../../src/render/dashboard.ts";
import { toLoaded } from "../../src/rpc/definitions.ts";
import { asSaved } from "../../src/rpc/presentation.ts";
import { createDashboardRendering, type DashboardRendering } from "../../src/rpc/render.ts";
import type { SourceOutcome, SourceQuery, SourceRunner } from "../../src/source/runner.ts";
import { definitionOf, duckdbOf, valuesOf } from "../definition/make.ts";
import { suite } from "../harness.ts";
import { frameOf } from "../render/gallery.ts";
import { templates } from "../render/renderer.ts";

const test = suite("rendering");

const nowMs = Date.parse("2026-06-17T14:00:00Z");

/** Rows that were read so long ago. */
const rowsOf = (ageMs = 0, stale = false, shownForMs = 600_000): SourceOutcome => {
  const frame = frameOf({ plan: ["Free", "Team"], orders: [3, 4] });
  return { ok: true, frame, asOfMs: nowMs - ageMs, ttlS: 300, stale, shownUntilMs: nowMs - ageMs + shownForMs };
};

const down: SourceOutcome = { ok: false, failure: "source_unavailable" };

/** A rendering of a process of its own, which counts what it draws, and a clock that stands still unless moved. */
function setUp(origin = "https://links.test", answer: (query: SourceQuery) => SourceOutcome = () => rowsOf()) {
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
  const state = { nowMs, draws: 0, revisions: "", beforePanels: [] as (() => void)[] };
  const sources: SourceRunner = {
    run: async (query) => answer(query),
    revisions: async () => state.revisions,
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
    cache: createByteCache({ maxBytes: 1 << 24, now: () => state.nowMs }),
    bulkhead: createBulkhead({ perKey: 4, total: 4, waitMs: 100, refusal: () => new Error("busy") }),
    holdings: createHoldings({ perKey: 1 << 20, total: 1 << 20, refusal: () => new Error("too large") }),
    now: () => state.nowMs,
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

test("a dashboard is drawn anew once a connection that it reads by was saved", async () => {
  const { rendering, state } = setUp();
  await render(rendering);
  state.revisions = "2";
  await render(rendering);
  await render(rendering);
  assert.is(state.draws, 2);
});

test("a version that may have been replaced for longer than the ttl is shown as stale, and not for long", async () => {
  const { rendering } = setUp();
  const renderAged = (ageMs: number) => rendering.render("acme", { ...loaded, ageMs }, plain);
  const fresh = await renderAged(299_999);
  assert.equal([fresh.freshUntilMs, fresh.panels[0]!.stale], [nowMs + 300_000, false]);
  const stale = await renderAged(300_000);
  assert.equal([stale.freshUntilMs, stale.panels[0]!.stale], [nowMs + 1_000, true]);
  assert.is(stale.panels[0]!.asOfMs, nowMs - 300_000);
  assert.match(stale.html, "Delayed, updated");
  assert.not.match(fresh.html, "Delayed");
  assert.is(await renderAged(0), fresh);
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

test("heavy panels let others draw once they have had some turns, and light ones are drawn in one turn", async () => {
  const { rendering, state } = setUp();
  const drawn: string[] = [];
  const heavy = () => {
    drawn.push("heavy");
    for (const endMs = performance.now() + 20; performance.now() < endMs; );
  };
  state.beforePanels = [heavy, () => drawn.push("light")];
  await Promise.all([render(rendering), render(rendering, { theme: "dark" })]);
  const [h, l] = ["heavy", "light"];
  assert.equal(drawn, [h, h, h, l, l, l, l, l, h, h]);
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

/** Two panels over sources of their own, the second of which compares. */
const pair = toLoaded(
  definitionOf({
    filters: [{ name: "period", type: "range", default: "last 30d" }],
    layout: {
      title: "Orders",
      panels: [
        { id: "one", datasource: "p", table: {} },
        { id: "two", datasource: "q", stat: { value: "orders", compare: "previous_period" } },
        { id: "three", datasource: "q", stat: { value: "orders" } },
      ],
    },
    datasources: [duckdbOf("p", "select 1"), duckdbOf("q", "select 1 where day >= :period_from")],
  }),
  1,
);

/** A set-up of the pair, whose sources answer as told: `earlier` is what the second says of the period before. */
function setUpPair(first: { p: SourceOutcome; q: SourceOutcome; earlier?: SourceOutcome }) {
  const answers = { earlier: rowsOf(), ...first };
  const currentFromMs = nowMs - 31 * 86_400_000;
  const { rendering, state } = setUp(undefined, ({ datasource, binding }) => {
    const from = binding.period_from as { readonly epochMs: number };
    if (datasource.id === "p") return answers.p;
    return from.epochMs < currentFromMs ? answers.earlier : answers.q;
  });
  const ask = async (more: Partial<Wanted> = {}) => {
    const page = await rendering.render("acme", pair, { ...plain, ...more });
    const panels = page.panels.map(({ id, asOfMs, stale, error }) => {
      return [id, asOfMs === undefined ? undefined : (nowMs - asOfMs) / 1000, stale, error];
    });
    return { ...page, panels, ttlMs: page.freshUntilMs - state.nowMs };
  };
  return { answers, ask, state };
}

test("fresh data is kept as long as the oldest of it is fresh", async () => {
  const { ask } = setUpPair({ p: rowsOf(200_000), q: rowsOf(10_000) });
  const { ttlMs, partial, panels, html } = await ask();
  assert.equal([ttlMs, partial], [100_000, false]);
  assert.equal(panels, [
    ["one", 200, false, ""],
    ["two", 10, false, ""],
    ["three", 10, false, ""],
  ]);
  assert.match(html, "Updated ");
  assert.match(html, '"ttl_s":100,');
});

test("stale data says so, is not partial, and is kept for a second, after which the new shows", async () => {
  const { answers, ask, state } = setUpPair({ p: rowsOf(310_000, true), q: rowsOf() });
  const { ttlMs, partial, panels, html } = await ask();
  assert.equal([ttlMs, partial], [1_000, false]);
  assert.equal(panels, [
    ["one", 310, true, ""],
    ["two", 0, false, ""],
    ["three", 0, false, ""],
  ]);
  assert.match(html, "Delayed, updated ");
  assert.match(html, '"ttl_s":1,');
  assert.match(html, '"as_of":"2026-06-17T13:54:50.000Z"');
  answers.p = rowsOf();
  state.nowMs += 999;
  assert.is((await ask()).html, html);
  state.nowMs += 1;
  const fresh = await ask();
  assert.equal([fresh.panels[0], fresh.ttlMs], [["one", 0, false, ""], 299_000]);
  assert.match(fresh.html, "Updated ");
  assert.not.match(fresh.html, "Delayed");
});

test("a page is never kept beyond the bound of what is stale on it", async () => {
  const { ask } = setUpPair({ p: rowsOf(), q: rowsOf(419_700, true, 420_000) });
  assert.is((await ask()).ttlMs, 300);
});

test("stale data on a link's page is told to its reader", async () => {
  const { ask } = setUpPair({ p: rowsOf(310_000, true), q: rowsOf() });
  const { html } = await ask({ viewerFilters: [] });
  assert.match(html, /Delayed, updated <time datetime="2026-06-17T13:54:50.000Z">13:54<\/time>/);
  assert.match(html, '<p class="dj-age">as of 13:54</p>');
});

test("a panel that compares is as old as the older of what it compares, and no other panel is", async () => {
  const { ask } = setUpPair({ p: rowsOf(), q: rowsOf(10_000), earlier: rowsOf(310_000, true) });
  const { panels, ttlMs } = await ask();
  assert.equal(panels, [
    ["one", 0, false, ""],
    ["two", 310, true, ""],
    ["three", 10, false, ""],
  ]);
  assert.is(ttlMs, 1_000);
});

test("a period that is compared ends where the rows begin that are shown, also where those are kept", async () => {
  const asked: unknown[] = [];
  const { rendering } = setUp(undefined, ({ datasource, binding }) => {
    if (datasource.id === "q") asked.push([binding.period_from, binding.period_to]);
    return rowsOf(86_400_000);
  });
  await rendering.render("acme", pair, plain);
  const day = (text: string) => ({ kind: "instant", epochMs: Date.parse(`${text}T14:00:00Z`) });
  const rolling = "last 30 day";
  assert.equal(asked, [
    [
      { ...day("2026-05-18"), rolling },
      { ...day("2026-06-17"), rolling },
    ],
    // The rows were read a day ago.
    [day("2026-04-17"), day("2026-05-17")],
  ]);
});

test("a period before that cannot be had is asked for again soon", async () => {
  const { ask } = setUpPair({ p: rowsOf(), q: rowsOf(), earlier: down });
  const { partial, ttlMs } = await ask();
  assert.equal([partial, ttlMs], [false, 5_000]);
});

test("while a source answers, also with stale rows, the page is complete; while none does, it is refused", async () => {
  const one = await setUpPair({ p: rowsOf(310_000, true), q: down }).ask();
  assert.equal([one.partial, one.ttlMs], [true, 1_000]);
  assert.equal(one.panels[1], ["two", undefined, false, "source_unavailable"]);
  assert.match(one.html, "Incomplete, updated ");
  const refused = await setUpPair({ p: down, q: down })
    .ask()
    .then(
      () => undefined,
      (error: unknown) => toErrorAnswer(toFault(error)),
    );
  assert.equal([refused?.status, refused?.retryAfterS], [503, 5]);
});

test("renders whose rows would take too much memory at once are refused, and leave none of it taken", async () => {
  const values = Array.from({ length: 40_000 }, (_, at) => at);
  const large: SourceOutcome = {
    ...(rowsOf() as SourceOutcome & { ok: true }),
    frame: frameOf({ plan: values, orders: values }),
  };
  const { rendering } = setUp(undefined, () => large);
  const ask = (plan: string) =>
    render(rendering, { filters: valuesOf({ plan }) }).then(
      () => "drawn",
      (error: Error) => error.message,
    );
  assert.equal(await Promise.all([ask("Free"), ask("Team")]), ["drawn", "too large"]);
  assert.is(await ask("Team"), "drawn");
});

test("data that seems to come from the future, for the clock was set back, is fresh for no longer than its ttl", async () => {
  const { ask } = setUpPair({ p: rowsOf(-1_000_000), q: rowsOf(-1_000_000) });
  assert.is((await ask()).ttlMs, 300_000);
});

test.run();
