import { fromJson, type JsonObject } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Column, Frame } from "../../src/frame/frame.ts";
import type { DashboardInput } from "../../src/render/dashboard.ts";
import { type RenderLimits, renderLimits } from "../../src/render/limits.ts";
import { findFlaw } from "../chart/well-formed.ts";
import { suite } from "../harness.ts";
import { asOfMs, frameOf } from "./gallery.ts";
import { createTestRenderer } from "./renderer.ts";

const test = suite("limits of a dashboard");
const mebi2 = 2 * 1024 * 1024;

/** By how much a page may be longer: each panel that fails otherwise takes some more words than "too large". */
const slackChars = 2000;

type Made = { readonly panel: JsonObject; readonly frame?: Frame };

function inputOf(made: readonly Made[], more: Partial<DashboardInput> = {}): DashboardInput {
  const panels = made.map(({ panel }) => ("text" in panel ? panel : { datasource: "d", ...panel }));
  return {
    definition: fromJson(DefinitionSchema, {
      dashboard_id: "large",
      layout: { panels },
      datasources: [{ id: "d", inline: { columns: [{ name: "x" }] } }],
    }),
    version: 1,
    panels: made.map(({ frame }) => frame && { ok: true, frame, previous: undefined, asOfMs, stale: false }),
    filters: [],
    presentation: { theme: "auto", locale: "en-US", timezone: "UTC" },
    asOfMs,
    ttlS: 300,
    ...more,
  };
}

const render = (made: readonly Made[], limits?: RenderLimits) =>
  createTestRenderer(limits).renderDashboard(inputOf(made));

const list = <V>(length: number, value: (index: number) => V) => Array.from({ length }, (_, index) => value(index));
const errorsOf = ({ panels }: { panels: readonly { error: string }[] }) => panels.map(({ error }) => error);

test("a page has 2 MiB by default", () => {
  assert.is(renderLimits.maxHtmlChars, mebi2);
});

test("texts that are filled up to a million cells stay words that say so", () => {
  const markdown = `${"|a".repeat(2000)}\n${"|-".repeat(2000)}\n${"x\n".repeat(4000)}`;
  const drawn = render([
    ...list(20, () => ({ panel: { text: { markdown } } })),
    { panel: { text: { markdown: "*hi*" } } },
  ]);
  assert.equal(errorsOf(drawn), [...list(20, () => "too_large"), ""]);
  assert.match(drawn.html, "There is too much to show here");
  assert.match(drawn.html, '{"id":"panel-1","kind":"text","error":"too_large"}');
  assert.match(drawn.html, "Incomplete, updated");
  assert.match(drawn.html, "<em>hi</em>");
});

test("tables that name a column over and over are cut, and those for which there is no room left say so", () => {
  const frame = frameOf({ s: list(1000, () => "x".repeat(200)) });
  const panel = { table: { columns: list(30, () => ({ name: "s" })) } };
  const drawn = render(list(30, () => ({ panel, frame })));
  assert.ok(drawn.html.length <= mebi2 + slackChars);
  assert.ok(drawn.html.length > mebi2 * 0.9);
  const errors = errorsOf(drawn);
  assert.is(errors[0], "");
  assert.is(errors.at(-1), "too_large");
  assert.match(drawn.html, /The first \d+ of 1000 rows/);
  assert.is(findFlaw(drawn.html), undefined);
});

test("a source of 5,000 columns is a table of a hundred", () => {
  const values = list(1000, () => true);
  const columns = list(5000, (index): Column => ({ type: "boolean", name: `c${index}`, values }));
  const drawn = render([{ panel: { table: {} }, frame: { columns, length: 1000, truncated: false } }]);
  assert.ok(drawn.html.length <= mebi2 / 2 + slackChars);
  assert.match(drawn.html, /The first \d+ of 1000 rows and 100 of 5000 columns/);
});

test("a panel takes at most half of what is left, so that those after it have room", () => {
  const wide = frameOf(Object.fromEntries(list(100, (index) => [`c${index}`, list(1000, (row) => row)])));
  const small = frameOf({ y: [1, 2, 3] });
  const drawn = render([
    ...list(5, () => ({ panel: { table: {} }, frame: wide })),
    { panel: { stat: { value: "y" } }, frame: small },
  ]);
  assert.equal(errorsOf(drawn), ["", "", "", "", "", ""]);
});

test("a table of a source that had more rows yet is cut so that both notes fit", () => {
  const frame = { ...frameOf({ s: list(1000, () => "x".repeat(40)) }), truncated: true };
  for (let maxHtmlChars = 6000; maxHtmlChars < 6250; maxHtmlChars += 10) {
    const drawn = render([{ panel: { table: {} }, frame }], { maxHtmlChars, maxCells: 5000 });
    assert.equal(errorsOf(drawn), [""]);
    assert.match(drawn.html, /The first \d+ of 1000 rows<\/p><p class="dj-foot">Only the first 1,000 rows of/);
  }
});

test("a chart and a text cannot be cut: what has no room is not shown, and the others stay", () => {
  const frame = frameOf({ x: list(2000, (row) => row), y: list(2000, (row) => (row * 7919) % 1000) });
  const line = { panel: { line: { x: "x", y: ["y"] } }, frame };
  const text = { panel: { text: { markdown: "&".repeat(9000) } } };
  const stat = { panel: { stat: { value: "y" } }, frame };
  const drawn = render([line, text, stat], { maxHtmlChars: 30_000, maxCells: 1e6 });
  assert.equal(errorsOf(drawn), ["too_large", "too_large", ""]);
  assert.ok(drawn.html.length < 30_000);
});

test("what is drawn in vain counts as work", () => {
  const frame = frameOf({ x: list(2000, (row) => row), y: list(2000, (row) => (row * 7919) % 1000) });
  const line = { panel: { line: { x: "x", y: ["y"] } }, frame };
  const stat = { panel: { stat: { value: "x", sparkline: "x" } }, frame };
  // Each reads 4000 values and has two columns; the line has some 30,000 characters besides.
  const errorsWithin = (maxCells: number) => errorsOf(render([line, stat], { maxHtmlChars: 40_000, maxCells }));
  assert.equal(errorsWithin(4002 + 5000), ["too_large", "too_large"]);
  assert.equal(errorsWithin(4002 + 7000), ["too_large", ""]);
});

test("what is too large leaves the effort and the room to the others", () => {
  const frame = frameOf({ x: [1, 2], y: [1, 2] });
  const line = { panel: { line: { x: "x", y: ["y"] } }, frame };
  const many = { panel: { table: {} }, frame: frameOf({ x: list(1000, (row) => row) }) };
  assert.equal(errorsOf(render([many, line], { maxHtmlChars: mebi2, maxCells: 900 })), ["too_large", ""]);
});

test("full frames and filters leave a page within its limit", () => {
  const quotes = (count: number) => '"'.repeat(count);
  const input = inputOf(
    list(100, () => ({ panel: { title: quotes(256), description: quotes(1024), stat: { value: "y" } } })),
    { filters: list(50, (index) => ({ name: `f${index}`, title: quotes(256), text: quotes(3000) })) },
  );
  assert.ok(createTestRenderer().renderDashboard(input).html.length <= mebi2 + slackChars);
});

test("a dashboard that is drawn step by step has the same bytes, and a step for each panel", () => {
  const frame = frameOf({ x: [1, 2], y: [1, 2] });
  const input = inputOf(list(4, () => ({ panel: { line: { x: "x", y: ["y"] } }, frame })));
  const renderer = createTestRenderer();
  const steps = renderer.drawDashboard(input);
  let count = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) count += 1;
  assert.is(count, 4);
  assert.equal(step.value, renderer.renderDashboard(input));
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("<&\"'>", "\u2028", "|a|b|\n|-|-|\n|c|d|", "- - a\n", "[a]: https://example.com/x\n[a][a]", "*a*"),
);
const anyWord = fc.tuple(anyText, fc.nat({ max: 400 })).map(([text, times]) => text.repeat(times).slice(0, 4000));

const anyFrame = fc.integer({ min: 0, max: 300 }).chain((length) => {
  const words = fc.array(fc.option(anyWord), { minLength: 1, maxLength: 5 });
  const numbers = fc.array(fc.double({ noDefaultInfinity: true }), { minLength: 1, maxLength: 9 });
  const column = fc.oneof(
    words.map((some) => ({ type: "string" as const, values: list(length, (row) => some[row % some.length]!) })),
    numbers.map((some) => ({
      type: "number" as const,
      values: Float64Array.from({ length }, (_, row) => some[row % some.length]! * row),
    })),
    fc.constant({ type: "time" as const, zoned: true, values: Float64Array.from({ length }, (_, row) => row * 9e5) }),
    fc.constant({ type: "boolean" as const, values: list(length, (row) => [true, false, null][row % 3]!) }),
  );
  return fc
    .array(column, { minLength: 4, maxLength: 12 })
    .map((columns) => columns.map((one, index): Column => ({ ...one, name: `c${index}` })))
    .map((columns): Frame => ({ columns, length, truncated: length % 2 === 0 }));
});

const axes = { x: "c0", y: ["c1", "c2"] };
const anyPanel = fc.oneof(
  fc.constantFrom<JsonObject>(
    { line: axes },
    { line: { ...axes, series: "c3" } },
    { area: { ...axes, series: "c3" } },
    { area: { ...axes, mode: "overlapping" } },
    { bar: axes },
    { bar: { ...axes, mode: "stacked", series: "c3" } },
    { bar: { ...axes, orientation: "horizontal" } },
    { stat: { value: "c1", sparkline: "c0" } },
    { table: {} },
    { table: { columns: list(40, (index) => ({ name: `c${index % 4}`, show: index % 2 ? "bar" : "" })) } },
  ),
  anyWord.map((text): JsonObject => ({ text: { markdown: text.toWellFormed() } })),
);

test("whatever is drawn, the page stays within its limit, is well-formed, and the same twice", () => {
  const limits = { maxHtmlChars: 40_000, maxCells: 50_000 };
  const anyMade = fc.record({ panel: anyPanel, frame: anyFrame });
  fc.assert(
    fc.property(fc.array(anyMade, { minLength: 1, maxLength: 6 }), (made) => {
      const { html } = render(made, limits);
      assert.ok(html.length <= limits.maxHtmlChars + slackChars, `${html.length} characters`);
      assert.is(findFlaw(html), undefined);
      assert.is(render(made, limits).html, html);
    }),
    { numRuns: 60 },
  );
});

test.run();
