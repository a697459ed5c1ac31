import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import type { Drawing } from "../../src/chart/kind.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf } from "./draw.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("pie");
const labelled = (labels: readonly (string | null)[], values: readonly (number | null)[]) =>
  frame(column("method", labels), column("orders", values));
const panel = { label: "method", value: "orders", shape: "donut" };
const methods = labelled(["Klarna", "Card", "PayPal"], [10, 60, 30]);

const keysOf = (markup: string) =>
  [...markup.matchAll(/<span class="dj-name" title="([^"]*)">.*?<b>([^<]*)<\/b><span class="dj-amount">([^<]*)</g)].map(
    ([, name, share, value]) => `${name} ${share!.replace("&lt;", "<")} ${value}`,
  );
const slicesOf = (markup: string) =>
  [...markup.matchAll(/<path data-s="(\d+)" class="([^"]*)" d="([^"]*)"/g)].map(([, index, name, d]) => ({
    index,
    name,
    d: d!,
  }));
const columnsOf = (drawing: Drawing) => (drawing.ok ? drawing.columns.map(({ values }) => values) : []);

test("slices and their list go from the largest to the smallest, in the same colours", () => {
  const drawing = draw.pie(methods, panel);
  const markup = markupOf(drawing);
  assert.equal(keysOf(markup), ["Card 60.0% 60", "PayPal 30.0% 30", "Klarna 10.0% 10"]);
  assert.equal(
    slicesOf(markup).map(({ index, name }) => `${index} ${name}`),
    ["0 dj-s1", "1 dj-s2", "2 dj-s3"],
  );
  assert.match(markup, '<li data-s="2"><i class="dj-key dj-s3"></i>');
  assert.equal(columnsOf(drawing), [
    ["Card", "PayPal", "Klarna"],
    [60, 30, 10],
    [0.6, 0.3, 0.1],
  ]);
});

test("labels of one size keep their order", () => {
  assert.equal(keysOf(markupOf(draw.pie(labelled(["b", "c", "a"], [1, 2, 1]), panel))), [
    "c 50.0% 2",
    "b 25.0% 1",
    "a 25.0% 1",
  ]);
});

test("a slice begins at the top and turns clockwise by its share", () => {
  const [half] = slicesOf(markupOf(draw.pie(labelled(["a", "b"], [1, 1]), { ...panel, shape: "pie" })));
  const xs = [...half!.d.matchAll(/(-?[\d.]+),(-?[\d.]+)(?=[LAZ]|$)/g)].map(([, x]) => Number(x));
  assert.ok(
    xs.every((x) => x >= 0),
    "the first half is the right one",
  );
});

test("rows of a label add up, and the whole stands in the middle of a donut only", () => {
  const rows = labelled(["a", "b", "a"], [30_000, 10_000, 8000]);
  const donut = markupOf(draw.pie(rows, { ...panel, totalLabel: "sold" }));
  assert.equal(keysOf(donut), ["a 79.2% 38,000", "b 20.8% 10,000"]);
  assert.match(donut, '<b>48k</b><span title="sold">sold</span></p>');
  assert.match(markupOf(draw.pie(rows, panel)), '<span title="orders">orders</span></p>');
  assert.not.match(markupOf(draw.pie(rows, { ...panel, shape: "" })), "dj-whole");
});

test("the smallest are one, Other, which is last however large it is", () => {
  const labels = Array.from({ length: 40 }, (_, index) => `label ${index}`);
  const rows = labelled(
    labels,
    labels.map((_, index) => 100 - index),
  );
  const keys = keysOf(markupOf(draw.pie(rows, panel)));
  assert.is(keys.length, 8, "the default");
  assert.match(keys.at(-1)!, "Other 78.9% 2,541");
  assert.equal(keysOf(markupOf(draw.pie(rows, { ...panel, maxSlices: 2 }))), ["label 0 3.1% 100", "Other 96.9% 3,120"]);
  assert.is(
    keysOf(markupOf(draw.pie(labelled(labels.slice(0, 8), Array(8).fill(1)), panel))).at(-1),
    "label 7 12.5% 1",
  );
});

test("a label of that name joins Other where there is one", () => {
  const rows = labelled(["Other", "a", "b", "c"], [50, 30, 15, 5]);
  assert.equal(keysOf(markupOf(draw.pie(rows, { ...panel, maxSlices: 3 }))), [
    "a 30.0% 30",
    "b 15.0% 15",
    "Other 55.0% 55",
  ]);
  assert.is(keysOf(markupOf(draw.pie(rows, panel)))[0], "Other 50.0% 50");
});

test("what has no share is left out, and the note says how much", () => {
  const markup = markupOf(draw.pie(labelled(["a", "b", "c", "d", null], [1, 0, -2, null, 5]), panel));
  assert.equal(keysOf(markup), ["a 100% 1"]);
  assert.match(markup, '<p class="dj-foot">Left out: 3 of 4 without a share, 1 row without a name</p>');
  assert.not.match(markupOf(draw.pie(methods, panel)), "dj-foot");
});

test("nothing but zeros, no values and no rows are no data", () => {
  for (const rows of [labelled(["a", "b"], [0, -1]), labelled(["a"], [null]), labelled([], [])]) {
    assert.match(markupOf(draw.pie(rows, panel)), "No data for this selection");
  }
});

test("a single slice is a full ring, and a tiny one is still seen", () => {
  const [whole] = slicesOf(markupOf(draw.pie(labelled(["a"], [7]), panel)));
  assert.is(whole!.d.match(/A100,100,0,1,1/g)!.length, 2, "two halves of the outer circle");
  const markup = markupOf(draw.pie(labelled(["a", "b"], [1e12, 1e-9]), panel));
  assert.match(slicesOf(markup)[1]!.d, "A", "an arc and no line");
  assert.match(keysOf(markup)[1]!, "b <0.1%");
});

test("long numbers are abbreviated beside their names, and unabbreviated in the table", () => {
  const markup = markupOf(draw.pie(labelled(["a", "b"], [1_234_567_890.5, 5]), panel));
  assert.equal(keysOf(markup), ["a 100.0% 1.2B", "b <0.1% 5"]);
  assert.match(markup, /<th scope="row">a<\/th><td>1,234,567,890.5<\/td>/);
});

test("labels can be clicked by their whole value, and Other cannot", () => {
  const long = "x".repeat(300);
  const clickOf = (name: string, value: string) =>
    name === "method" ? ({ kind: "link", href: `?method=${value}` } as const) : undefined;
  const rows = labelled([long, "a & b", "c", "d"], [9, 8, 2, 1]);
  const markup = markupOf(draw.pie(rows, { ...panel, maxSlices: 3 }, { clickOf }));
  assert.equal(
    [...markup.matchAll(/<a class="dj-go" href="([^"]*)">/g)].map(([, href]) => href),
    [`?method=${long}`, "?method=a &amp; b"],
  );
});

test("the summary says the largest shares", () => {
  assert.match(
    markupOf(draw.pie(methods, panel)),
    'role="img" aria-label="Donut chart, 3 slices of 100. Card 60.0%, PayPal 30.0%, Klarna 10.0%."',
  );
  const many = labelled(["a", "b", "c", "d", "e", "f", "g"], [7, 6, 5, 4, 3, 2, 1]);
  assert.match(markupOf(draw.pie(many, { ...panel, shape: "" })), /Pie chart, 7 slices of 28\. .*f 7\.1%\. 1 more/);
});

test("a pie that takes too much effort, or whose values are words, is refused", () => {
  assert.equal(draw.pie(methods, panel, { effort: createEffort(8) }), { ok: false, error: "too_large" });
  assert.equal(draw.pie(methods, { ...panel, value: "method" }), { ok: false, error: "column_missing" });
});

test("any labels and values are drawn well", () => {
  const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null), fc.constant(1e308));
  const rows = fc.array(fc.tuple(fc.oneof(fc.string({ unit: "binary" }), fc.constant("مرحبا 🎉")), value), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(rows, fc.constantFrom("pie", "donut"), fc.integer({ min: 2, max: 20 }), (list, shape, maxSlices) => {
      const of = frame(
        { type: "string", name: "method", values: list.map(([label]) => label) },
        column(
          "orders",
          list.map(([, number]) => number),
        ),
      );
      const drawing = draw.pie(of, { ...panel, shape, maxSlices });
      const markup = markupOf(drawing);
      assert.is(findFlaw(`<div>${markup}</div>`), undefined);
      assert.is(findNonsense(markup), undefined);
      const shares = (columnsOf(drawing)[2] ?? []) as number[];
      const sum = shares.reduce((total, share) => total + share, 0);
      assert.ok(shares.length === 0 || Math.abs(sum - 1) < 1e-6, `shares make ${sum}`);
    }),
  );
});

test.run();
