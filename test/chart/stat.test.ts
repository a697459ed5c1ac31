import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf } from "./draw.ts";

const test = suite("stats");

const ninety = frame(column("y", [90]));

for (const [words, target, better, mood, spoken, size] of [
  ["above", 80, "", "good", "above by", "12.5%"],
  ["below", 100, "", "bad", "below by", "10%"],
  ["on", 90, "", "good", "reached,", "0%"],
  ["below what should not be passed", 100, "lower", "good", "below by", "10%"],
  ["above what should not be passed", 80, "lower", "bad", "above by", "12.5%"],
  ["on what neither is better than", 90, "neither", "neutral", "reached,", "0%"],
] as const) {
  test(`a number ${words} its target is ${mood}`, () => {
    const markup = markupOf(draw.stat(ninety, { value: "y", compare: "target", target, better }));
    assert.match(markup, new RegExp(`dj-pill dj-${mood}">.*<span class="dj-sr">${spoken} </span>${size}</span>`));
    assert.match(markup, '<span class="dj-versus">vs target</span>');
  });
}

test("a comparison without its target shows none, and the span before does not stand in for it", () => {
  const markup = markupOf(draw.stat(ninety, { value: "y", compare: "target" }, { previous: frame(column("y", [1])) }));
  assert.is(markup, '<p class="dj-value">90</p>');
});

test("what the change is against can be said in the definition's words", () => {
  const previous = frame(column("y", [80]));
  const versus = (compareLabel: string) =>
    /dj-versus">([^<]*)</.exec(
      markupOf(draw.stat(ninety, { value: "y", compare: "previous_period", compareLabel }, { previous })),
    )?.[1];
  assert.is(versus(""), "vs previous period");
  assert.is(versus("vs <yesterday>"), "vs &lt;yesterday&gt;");
});

test("a number has the colour of the threshold that it reaches, and so has its line; it is said too", () => {
  const rows = frame(column("x", [1, 2]), column("y", [5, 90]));
  const thresholds = [
    { value: 80, status: "bad" },
    { value: 50, status: "warn" },
  ];
  const bad = markupOf(draw.stat(rows, { value: "y", sparkline: "x", thresholds }));
  assert.match(bad, '<p class="dj-value dj-bad">90<span class="dj-sr">, bad</span></p>');
  assert.match(bad, 'class="dj-spark dj-canvas dj-bad"');
  const calm = markupOf(draw.stat(rows, { value: "y", reduce: "first", sparkline: "x", thresholds }));
  assert.match(calm, '<p class="dj-value">5</p>');
  assert.match(calm, 'class="dj-spark dj-canvas dj-s1"');
  const neutral = markupOf(draw.stat(rows, { value: "y", thresholds: [{ value: 0 }] }));
  assert.is(neutral, '<p class="dj-value">90</p>');
});

test("the target is in the data, after the number", () => {
  const drawing = draw.stat(ninety, { value: "y", compare: "target", target: 100 });
  assert.ok(drawing.ok);
  assert.equal(drawing.columns[0]!.values, [90, 100]);
});

test("lists can be counted and not measured", () => {
  const rows = frame({ type: "numbers", name: "y", values: [Float64Array.of(1), null] });
  assert.equal(draw.stat(rows, { value: "y" }), { ok: false, error: "column_missing" });
  assert.match(markupOf(draw.stat(rows, { value: "y", reduce: "count" })), '<p class="dj-value">1</p>');
});

test("lists are no places on an axis", () => {
  const rows = frame({ type: "numbers", name: "x", values: [Float64Array.of(1), null] }, column("y", [1, 2]));
  assert.match(markupOf(draw.line(rows, { x: "x", y: ["y"] })), "No data");
});

test.run();
