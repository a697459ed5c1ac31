import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import { createHeatSteps } from "../../src/chart/heat-steps.ts";
import { jsonToMarkup } from "../../src/chart/safe.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("heatmap");
const panel = { x: "x", y: "y", value: "v" };
const cellsOf = (markup: string) =>
  [...markup.matchAll(/<div>((?:<i[^>]*><\/i>)*)<\/div>/g)].map(([, row]) =>
    [...row!.matchAll(/<i(?: class="dj-([^"]*)")?>/g)].map(([, name]) => name ?? "-"),
  );

test("cells stand row by row from the top, numbers ascending and words as they come", () => {
  const rows = frame(column("x", [2, 1, 2]), column("y", ["b", "a", "a"]), column("v", [90, 10, 50]));
  const drawing = draw.heatmap(rows, panel);
  assert.ok(drawing.ok);
  assert.equal(cellsOf(markupOf(drawing)), [
    ["-", "q8"],
    ["q0", "q4"],
  ]);
  assert.equal(
    drawing.columns.map(({ title, values }) => [title, ...values]),
    [
      ["x", 1, 2],
      ["y", "b", "a"],
      ["v", null, 90, 10, 50],
    ],
  );
  assert.equal(drawing.axes, { x: { scale: "slots", count: 2 }, y: { scale: "slots", count: 2 } });
});

test("several rows of a cell add up, or become what the panel says", () => {
  const rows = frame(column("x", [1, 1, 1]), column("y", [1, 1, 1]), column("v", [4, 2, null]));
  const expected = { "": 6, sum: 6, mean: 3, min: 2, max: 4, first: 4, last: 2, count: 2 };
  for (const [reduce, value] of Object.entries(expected)) {
    const drawing = draw.heatmap(rows, { ...panel, reduce });
    assert.ok(drawing.ok);
    assert.equal(drawing.columns[2]!.values, [value], reduce);
  }
});

test("nine steps share out the range, and the legend says where it ends", () => {
  const { classOf } = createHeatSteps([0, 90]);
  assert.equal([0, 9.9, 10, 45, 80, 90].map(classOf), ["dj-q0", "dj-q0", "dj-q1", "dj-q4", "dj-q8", "dj-q8"]);
  const rows = frame(column("x", [1, 2]), column("y", [1, 1]), column("v", [10, 460]));
  assert.match(
    markupOf(draw.heatmap(rows, panel)),
    /<p class="dj-steps" aria-hidden="true">10<span>.*<\/span>460<\/p>/,
  );
});

test("values of both signs take two hues of one scale, around zero", () => {
  const { classOf, from, to } = createHeatSteps([-20, 80]);
  assert.equal([from, to], [-80, 80]);
  assert.equal([-20, 0, 4, 80].map(classOf), ["dj-qn2", "dj-q0", "dj-q0", "dj-q8"]);
});

test("values that are all the same have one colour and one figure", () => {
  const rows = frame(column("x", [1, 2]), column("y", [1, 1]), column("v", [7, 7]));
  const markup = markupOf(draw.heatmap(rows, panel));
  assert.match(markup, '<p class="dj-steps" aria-hidden="true"><span><i class="dj-q4"></i></span>7</p>');
  assert.match(markup, "1 row by 2 columns. All 7.");
});

test("the summary says how large it is and where its extremes are, the table has every cell", () => {
  const rows = frame(column("x", ["00", "01"]), column("y", ["Mon", "Mon"]), column("v", [3, 9]));
  const markup = markupOf(draw.heatmap(rows, panel));
  assert.match(markup, 'aria-label="Heatmap of v, 1 row by 2 columns. Lowest 3 at Mon, 00, highest 9 at Mon, 01."');
  assert.match(markup, '<th scope="row">Mon</th><td>3</td><td>9</td>');
});

test("labels of both sides can be clicked and stand for whole values", () => {
  const rows = frame(column("x", [7, 8]), column("y", ["Mon", "Mon"]), column("v", [3, 9]));
  const clickOf = (name: string, value: string) => ({ kind: "link" as const, href: `?${name}=${value}` });
  const markup = markupOf(draw.heatmap(rows, panel, { clickOf }));
  assert.match(markup, '<p><span><a class="dj-go" href="?y=Mon">Mon</a></span></p>');
  assert.match(markup, '<a class="dj-go" href="?x=8"><text');
  assert.not.match(markup, '<svg class="dj-x" aria-hidden');
  assert.match(markupOf(draw.heatmap(rows, panel)), '<svg class="dj-x" aria-hidden="true">');
});

test("a round time at the very end of many columns is a label that cannot be clicked, since no column begins there", () => {
  const hours = Array.from({ length: 52 }, (_, hour) => Date.UTC(2026, 5, 17, 0, 30) + hour * 3_600_000);
  const rows = frame(timeColumn("x", hours), column("y", hours.map(String)), column("v", hours));
  const markup = markupOf(draw.heatmap(rows, panel, { clickOf: () => ({ kind: "event" }) }));
  assert.match(markup, /<text x="100%"[^>]*>06:00<\/text>/);
  assert.not.match(markup, /data-column="x"[^>]*><text x="100%"/);
  assert.match(markup, 'data-column="x" data-value="2026-06-18T');
});

test("a row is labelled where there is room for its label", () => {
  const count = 60;
  const all = Array.from({ length: count }, (_, index) => index);
  const rows = frame(column("x", all.fill(1)), column("y", Array.from(all.keys())), column("v", all));
  const markup = markupOf(draw.heatmap(rows, panel));
  const labels = [...markup.matchAll(/<p(?: title="[^"]*")?><span>(\d+)<\/span><\/p>/g)].map(([, text]) =>
    Number(text),
  );
  assert.equal(labels, [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56]);
  assert.is(markup.match(/<p><\/p>/g)!.length, count - labels.length);
});

test("of more columns than can be drawn the latest times are, of more rows the first words", () => {
  const days = Array.from({ length: 450 }, (_, index) => Date.UTC(2025, 0, 1 + index));
  const wide = frame(
    timeColumn("x", days, false),
    column(
      "y",
      days.fill(1, 0, 0).map(() => 1),
    ),
    column(
      "v",
      days.map((_, index) => index),
    ),
  );
  const drawing = draw.heatmap(wide, panel);
  assert.ok(drawing.ok);
  assert.match(markupOf(drawing), '<p class="dj-foot">Only the latest 400 of 450 columns</p>');
  assert.is(drawing.columns[2]!.values.at(-1), 449);
  const names = Array.from({ length: 300 }, (_, index) => `r${index}`);
  const tall = frame(
    column(
      "x",
      names.map(() => 1),
    ),
    column("y", names),
    column(
      "v",
      names.map(() => 1),
    ),
  );
  assert.match(markupOf(draw.heatmap(tall, panel)), '<p class="dj-foot">Only the first 200 of 300 rows</p>');
});

test("a diagonal of a hundred thousand rows makes no square of them", () => {
  const many = Array.from({ length: 100_000 }, (_, index) => index);
  const drawing = draw.heatmap(frame(column("x", many), column("y", many), column("v", many)), panel);
  assert.ok(drawing.ok);
  assert.is(drawing.columns[2]!.values.length, 200 * 45);
});

test("it fits the room there is", () => {
  const many = Array.from({ length: 2500 }, (_, index) => index);
  const rows = frame(
    column(
      "x",
      many.map((n) => n % 50),
    ),
    column(
      "y",
      many.map((n) => Math.floor(n / 50)),
    ),
    column("v", many),
  );
  const roomChars = 60_000;
  const drawing = draw.heatmap(rows, panel, { roomChars });
  assert.ok(drawing.ok);
  assert.ok(drawing.body.length + jsonToMarkup(drawing.columns).length <= roomChars);
  assert.match(markupOf(drawing), "Only the first");
});

test("nothing, words for values and too many rows are told apart", () => {
  assert.match(markupOf(draw.heatmap(frame(column("x", []), column("y", []), column("v", [])), panel)), "No data");
  assert.match(
    markupOf(draw.heatmap(frame(column("x", [1]), column("y", [1]), column("v", [null])), panel)),
    "No data",
  );
  const words = frame(column("x", [1]), column("y", [1]), column("v", ["a"]));
  assert.equal(draw.heatmap(words, panel), { ok: false, error: "column_missing" });
  const rows = frame(column("x", [1]), column("y", [1]), column("v", [1]));
  assert.equal(draw.heatmap(rows, panel, { effort: createEffort(2) }), { ok: false, error: "too_large" });
});

test("whatever the values, the markup is sound and each value has one of the steps", () => {
  const anyNumber = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -9, max: 9 }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNumber, fc.string(), anyNumber)), (list) => {
      const rows = frame(
        column(
          "x",
          list.map(([x]) => x),
        ),
        column(
          "y",
          list.map(([, y]) => y),
        ),
        column(
          "v",
          list.map(([, , v]) => v),
        ),
      );
      const markup = markupOf(draw.heatmap(rows, { ...panel, reduce: "last" }));
      assert.is(findFlaw(markup), undefined);
      assert.is(findNonsense(markup), undefined);
      for (const name of cellsOf(markup).flat()) assert.match(name, /^(-|qn?[0-8])$/);
    }),
  );
});

test.run();
