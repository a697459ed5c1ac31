import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { installDemoFiles } from "../../demo/data.ts";
import { PanelSchema } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import { suite } from "../harness.ts";
import { classesOf, type Element, findAll, parseMarkup } from "../markup.ts";
import { asOfMs, blank, checkoutHealth, type Fixture } from "../render/gallery.ts";
import { oddities } from "../render/oddities.ts";
import { createTestRenderer, css } from "../render/renderer.ts";
import { startTestService } from "../service.ts";
import { findMisfits } from "./json-schema.ts";

/**
 * What a host page may count on, and no check of the wire sees. The events of the browser's script
 * (`dashboard:filter`, `dashboard:refresh`, `dashboard:click`) and its `update(html)` are pinned in
 * test/browser/runtime.test.ts.
 */
const test = suite("the fragment");

const root = join(import.meta.dirname, "../..");
const schema = JSON.parse(readFileSync(join(root, "docs/island.schema.json"), "utf8"));

const service = await startTestService();
test.after(service.close);
await installDemoFiles(join(service.filesDir, "acme"));

const renderer = createTestRenderer();
const fragments = Object.entries({ checkoutHealth, oddities, blank }).map(([name, it]) => ({ name, html: draw(it) }));
for (const name of readdirSync(join(root, "demo/dashboards"))) fragments.push({ name, html: await renderDemo(name) });

for (const { name, html } of fragments) {
  test(`${name}: the root is a div that begins with its style and ends with its island`, () => {
    const { tag, attributes, children } = parseMarkup(html);
    assert.is(tag, "div");
    assert.equal(attributes, { class: "dj dj-auto", lang: "en" });
    const first = children[0] as Element;
    assert.is(first.tag, "link");
    assert.equal(Object.keys(first.attributes), ["rel", "href", "integrity", "crossorigin"]);
    assert.is(first.attributes.rel, "stylesheet");
    assert.match(first.attributes.integrity!, /^sha384-/);
    assert.is(first.attributes.crossorigin, "anonymous");
    const last = children.at(-1) as Element;
    assert.is(last.tag, "script");
    assert.equal(last.attributes, { type: "application/json", class: "dj-island" });
    assert.is(html.match(/<(script|link|style)\b/g)!.length, 2);
  });

  test(`${name}: the island is of version 2 and as its schema says`, () => {
    const island = islandOf(html);
    assert.is(island.v, 2);
    assert.equal(findMisfits(schema, island), []);
  });

  test(`${name}: the island's panels are the page's, by data-panel`, () => {
    const sections = findAll(parseMarkup(html), ({ tag }) => tag === "section");
    assert.equal(
      sections.map((section) => [section.attributes["data-panel"], classesOf(section)[1]]),
      (islandOf(html).panels as { id: string; kind: string }[]).map(({ id, kind }) => [id, `dj-${kind}`]),
    );
  });
}

test("what a refresh compares is the same for the same data, and another for other data", () => {
  const hashes = (fixture: Fixture) =>
    findAll(parseMarkup(draw(fixture)), ({ attributes }) => attributes["data-hash"] !== undefined).map(
      ({ attributes }) => attributes["data-hash"]!,
    );
  const before = hashes(checkoutHealth);
  assert.is(before.length, 1 + checkoutHealth.panels.length);
  for (const hash of before) assert.match(hash, /^[\w-]{12}$/);
  assert.equal(hashes(checkoutHealth), before);
  const [first, ...rest] = checkoutHealth.panels;
  const fewer = hashes({ ...checkoutHealth, panels: [{ ok: false, error: "source_failed" }, ...rest] });
  assert.equal(
    fewer.map((hash, index) => hash === before[index]),
    before.map((_, index) => index !== 1),
  );
  assert.ok(first?.ok);
});

test("positions that are all as far apart are written as such", () => {
  const panels = islandOf(draw(checkoutHealth)).panels as { id: string; columns: JsonObject[] }[];
  const { columns } = panels.find(({ id }) => id === "checkout-latency")!;
  assert.equal(columns[0]!.values, { start: asOfMs - 206 * 420_000, step: 420_000, count: 206 });
  assert.equal(columns[0]!.format, {
    options: {
      ...{ weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      ...{ calendar: "gregory", timeZone: "Europe/Berlin" },
    },
  });
});

test("every kind of panel is among them, with its data", () => {
  const panels = fragments.flatMap(({ html }) => islandOf(html).panels as { kind: string; error?: string }[]);
  const kinds = new Set(panels.filter(({ error }) => error === undefined).map(({ kind }) => kind));
  assert.equal([...kinds].sort(), kindsOfPanel().sort());
});

test("the root says which theme was asked for", () => {
  for (const theme of ["auto", "light", "dark"] as const) {
    assert.equal(classesOf(parseMarkup(draw(blank, theme))), ["dj", `dj-${theme}`]);
  }
});

test("the schema names every kind of panel there is, and lets readers meet more", () => {
  const { kind } = schema.properties.panels.items.properties;
  assert.equal(kind.examples, [...kindsOfPanel(), "unknown"]);
  assert.is(kind.type, "string");
  assert.not.match(JSON.stringify(schema), "additionalProperties");
});

test("an island that is not as it should be is found out", () => {
  const island = islandOf(fragments[0]!.html);
  const bent: readonly [JsonObject, string][] = [
    [{ ...island, v: 1 }, "$.v: 2"],
    [{ ...island, version: "3" }, "$.version: integer"],
    [{ ...island, extra: 1 }, "$.extra: is not in the schema"],
    [{ ...island, panels: [{ id: "a" }] }, "$.panels[0].kind: is missing"],
  ];
  for (const [value, misfit] of bent) assert.equal(findMisfits(schema, value), [misfit]);
});

/** The variables that a host may set or read on the root. One may be added; none goes or changes its name. */
const variables = [
  ...["--dj-bg", "--dj-surface", "--dj-border", "--dj-hair", "--dj-track", "--dj-fg", "--dj-fg2", "--dj-fg3"],
  ...["--dj-accent", "--dj-series-1", "--dj-series-2", "--dj-series-3", "--dj-series-4", "--dj-series-5"],
  ...["--dj-series-6", "--dj-series-7", "--dj-series-8", "--dj-good", "--dj-warn", "--dj-bad"],
  ...["--dj-good-soft", "--dj-warn-soft", "--dj-bad-soft", "--dj-shadow", "--dj-font", "--dj-mono"],
  "--dj-radius",
];

test("the root has the variables that it always had, at no weight, so that a host's own rule wins", () => {
  const declared = /:where\(\.dj, \.dj-sheet\) \{([^}]*)\}/.exec(css.root!)![1]!;
  assert.equal(
    [...declared.matchAll(/^\s*(--[\w-]+):/gm)].map(([, name]) => name),
    variables,
  );
});

test("no other variable of a public name is used, nor is one set again below the root", () => {
  const text = Object.values(css)
    .join("")
    .replace(/:where\(\.dj, \.dj-sheet\) \{[^}]*\}/, "");
  // These two are the style's own: they are registered, and move with the scroll.
  const own = [...text.matchAll(/@property (--[\w-]+)/g)].map(([, name]) => name!);
  assert.equal(own, ["--dj-fade-x", "--dj-fade-y"]);
  const used = [...text.matchAll(/var\((--dj-[\w-]+)/g)].map(([, name]) => name!);
  for (const name of used) assert.ok(variables.includes(name) || own.includes(name), name);
  const set = [...text.matchAll(/[{;]\s*(--dj-[\w-]+):/g)].map(([, name]) => name!);
  for (const name of set) assert.ok(own.includes(name), name);
});

test.run();

function draw(fixture: Fixture, theme: "auto" | "light" | "dark" = "auto"): string {
  const presentation = { theme, locale: "en-US", timezone: "Europe/Berlin" };
  return renderer.renderDashboard({ ...fixture, version: 3, filters: [], presentation, asOfMs, ttlS: 300 }).html;
}

async function renderDemo(file: string): Promise<string> {
  const definition = parse(readFileSync(join(root, "demo/dashboards", file), "utf8")) as JsonObject;
  await service.save("acme", definition);
  const answer = await service.post("/render", { dashboard_id: definition.dashboard_id as JsonValue });
  if (!answer.ok) throw new Error(`${file}: ${await answer.text()}`);
  return ((await answer.json()) as { html: string }).html;
}

function islandOf(html: string): JsonObject {
  return JSON.parse((parseMarkup(html).children.at(-1) as Element).children[0] as string);
}

function kindsOfPanel(): string[] {
  return PanelSchema.oneofs[0]!.fields.map(({ name }) => name);
}
