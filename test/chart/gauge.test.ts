import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("gauge");
const of = (...values: readonly (number | null)[]) => frame(column("left", values));
const unit = (name: string) => ({ styleOf: (title: string) => ({ title, unit: name, decimals: undefined }) });
const percent = unit("percent");
const thresholds = [
  { value: 50, status: "ok" },
  { value: 0, status: "bad" },
  { value: 20, status: "warn" },
];
const panel = { value: "left", thresholds };

const endsOf = (markup: string) =>
  [.../<p class="dj-ends"><span>([^<]*)<\/span><span>([^<]*)</.exec(markup)!].slice(1).join(" to ");
const readingOf = (markup: string) => /<p class="dj-reading[^"]*"><b>(.*?)<\/b>/.exec(markup)![1]!;
const arcOf = (markup: string) => / class="(dj-arc[^"]*)" d="([^"]*)"/.exec(markup);
const zonesOf = (markup: string) => [...markup.matchAll(/ class="(dj-zone [^"]*)"/g)].map(([, name]) => name);

/** Returns where the arc ends, from 0 to 1: the largest angle of its points. */
function endOf(markup: string): number {
  const arc = arcOf(markup);
  if (arc === null) return 0;
  const reach = 0.62 * Math.PI;
  const angles = [...arc[2]!.matchAll(/(-?[\d.]+),(-?[\d.]+)(?=[LAZ]|$)/g)].map(([, x, y]) =>
    Math.atan2(Number(x), -Number(y)),
  );
  return (Math.max(...angles) / reach + 1) / 2;
}

test("the arc ends where the value is, in the colour of its status", () => {
  for (const [value, color] of [
    [70, "dj-arc dj-good"],
    [30, "dj-arc dj-warn"],
    [10, "dj-arc dj-bad"],
  ] as const) {
    const markup = markupOf(draw.gauge(of(99, value), panel, percent));
    assert.is(arcOf(markup)![1], color);
    assert.ok(Math.abs(endOf(markup) - value / 100) < 0.04, `${value} ends at ${endOf(markup)}`);
    assert.is(readingOf(markup), `${value}%`);
  }
});

test("without thresholds the arc has the first colour and no band", () => {
  const markup = markupOf(draw.gauge(of(70), { value: "left" }, percent));
  assert.is(arcOf(markup)![1], "dj-arc dj-s1");
  assert.equal(zonesOf(markup), []);
});

test("the band has a piece for each status on the arc, in their order", () => {
  assert.equal(zonesOf(markupOf(draw.gauge(of(70), panel, percent))), [
    "dj-zone dj-bad",
    "dj-zone dj-warn",
    "dj-zone dj-good",
  ]);
  const cut = { ...panel, min: 30, max: 60 };
  assert.equal(zonesOf(markupOf(draw.gauge(of(70), cut, percent))), ["dj-zone dj-warn", "dj-zone dj-good"]);
});

test("a value beyond the ends stands at them, and its number is true", () => {
  const over = markupOf(draw.gauge(of(130), panel, percent));
  const full = markupOf(draw.gauge(of(100), panel, percent));
  assert.is(arcOf(over)![2], arcOf(full)![2]);
  assert.is(readingOf(over), "130%");
  const below = markupOf(draw.gauge(of(-5), panel, percent));
  assert.is(arcOf(below), null);
  assert.is(readingOf(below), "-5%");
});

test("no value is a dash over an empty arc", () => {
  for (const rows of [of(null, null), of()]) {
    const markup = markupOf(draw.gauge(rows, panel, percent));
    assert.is(readingOf(markup), "–");
    assert.is(arcOf(markup), null);
    assert.match(markup, 'aria-label="Gauge, no value of 0% to 100%."');
  }
});

test("the arc runs to the whole where the unit has one, else to a round number that holds all", () => {
  const ends = (value: number, name: string, more = {}) =>
    endsOf(markupOf(draw.gauge(of(value), { value: "left", ...more }, unit(name)))).replaceAll("\u00a0", " ");
  assert.is(ends(7, "percent"), "0% to 100%");
  assert.is(ends(0.07, "ratio"), "0% to 100%");
  assert.is(ends(412, "ms"), "0 ms to 500 ms");
  assert.is(ends(412, "ms", { thresholds: [{ value: 1100 }] }), "0 ms to 1,200 ms");
  assert.is(ends(100, "min"), "0 min to 100 min");
  assert.is(ends(0, ""), "0 to 1");
  assert.is(ends(-50, ""), "0 to 1");
  assert.is(ends(1e12, "", { min: -5 }), "-5 to 1T");
  assert.is(ends(3, "percent", { min: 200 }), "200% to 400%");
});

test("a range that ends before it begins has an empty arc and no band", () => {
  for (const range of [
    { min: 10, max: 5 },
    { min: 5, max: 5 },
  ]) {
    const markup = markupOf(draw.gauge(of(7), { ...panel, ...range }, percent));
    assert.is(arcOf(markup), null);
    assert.equal(zonesOf(markup), []);
    assert.is(readingOf(markup), "7%");
  }
});

test("the rows become one number as the panel says", () => {
  const reading = (reduce: string) => readingOf(markupOf(draw.gauge(of(10, 30, null), { ...panel, reduce }, percent)));
  assert.equal(["", "first", "mean", "count"].map(reading), ["30%", "10%", "20%", "2"]);
});

test("a unit is smaller than its number, a single sign is not", () => {
  const reading = (value: number, name: string) =>
    readingOf(markupOf(draw.gauge(of(value), { value: "left" }, unit(name))));
  assert.is(reading(68.4, "percent"), "68.4%");
  assert.is(reading(1_283_000, "usd"), "$1.28M");
  assert.is(reading(412, "ms"), "412<small>\u00a0ms</small>");
});

test("the caption is the last value of its column", () => {
  const captionOf = (rows: Parameters<typeof draw.gauge>[0]) =>
    /<span title="([^"]*)">/.exec(markupOf(draw.gauge(rows, { ...panel, caption: "said" }, percent)))?.[1];
  const left = column("left", [1, 2, 3]);
  assert.is(captionOf(frame(left, column("said", ["a", "9 d < 14 h", null]))), "9 d &lt; 14 h");
  assert.is(captionOf(frame(left, column("said", [1, 42, null]))), "42%");
  assert.is(captionOf(frame(left, timeColumn("said", [0, Date.UTC(2026, 5, 17), Number.NaN], false))), "Jun 17, 2026");
  assert.is(captionOf(frame(left, column("said", [null, null, null]))), undefined);
});

test("it says its number, ends, status and caption", () => {
  const rows = frame(column("left", [68.4]), column("said", ["9 d left"]));
  const drawing = draw.gauge(rows, { ...panel, caption: "said" }, percent);
  const markup = markupOf(drawing);
  assert.match(markup, 'role="img" aria-label="Gauge, 68.4% of 0% to 100%, good. 9 d left"');
  assert.match(markup, '<th scope="row">From here a warning</th><td>20%</td>');
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ title, values }) => [title, ...values]),
    [
      ["left", 68.4],
      ["said", "9 d left"],
    ],
  );
});

test("a gauge that takes too much effort, or whose values are words, is refused", () => {
  assert.equal(draw.gauge(of(1, 2, 3), panel, { effort: createEffort(2) }), { ok: false, error: "too_large" });
  assert.equal(draw.gauge(frame(column("left", ["a"])), panel), { ok: false, error: "column_missing" });
});

test("any number in any range is drawn well", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 1e-9, 1e12, 1e308, -1e308),
  );
  const limit = fc.option(number, { nil: undefined });
  const marks = fc.array(fc.record({ value: number, status: fc.constantFrom("", "ok", "bad", "later") }), {
    maxLength: 4,
  });
  const names = fc.constantFrom("", "percent", "ratio", "ms", "bytes", "usd");
  fc.assert(
    fc.property(number, limit, limit, marks, names, (value, min, max, thresholds, name) => {
      const ends = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
      const markup = markupOf(draw.gauge(of(value), { value: "left", thresholds, ...ends }, unit(name)));
      assert.is(findFlaw(`<div>${markup}</div>`), undefined);
      assert.is(findNonsense(markup), undefined);
      assert.not.match(markup, /NaN|Infinity|∞/);
    }),
  );
});

test.run();
