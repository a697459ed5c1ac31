import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createBuckets } from "../../src/chart/buckets.ts";
import { createEffort } from "../../src/chart/effort.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("histogram");
const plain = { unit: "number", decimals: undefined };
const bucketsOf = (values: readonly number[], count?: number) => createBuckets(Float64Array.from(values), plain, count);

test("buckets are round, of equal width, and hold what reaches their lower edge", () => {
  assert.equal(bucketsOf([0.1, 0.2, 0.3, 0.3, 0.45, 0.7], 6), {
    edges: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
    counts: [1, 1, 2, 1, 0, 1],
  });
});

test("every bucket of whole numbers holds as many of them, the last one too", () => {
  const { edges, counts } = bucketsOf([0, 1, 2, 3, 4, 5], 20);
  assert.equal(edges, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(counts, [1, 1, 1, 1, 1, 1]);
  assert.equal(bucketsOf([0, 10], 5).edges.at(-1), 12);
});

test("edges are round in the unit as it is read: minutes where milliseconds are many", () => {
  const minutes = createBuckets(Float64Array.from([0, 500_000, 1_150_000]), { ...plain, unit: "ms" }, 5);
  assert.ok(
    minutes.edges.every((edge) => edge % 60_000 === 0),
    minutes.edges.join(" "),
  );
});

test("values that are all the same are one bucket around them", () => {
  for (const value of [5, 0, -3, 0.3, 1e-9, 1e12, 1e17, -1e300, Number.MIN_VALUE]) {
    const { edges, counts } = bucketsOf([value, value]);
    assert.equal(counts, [2], `${value}`);
    assert.ok(edges[0]! <= value && value <= edges[1]! && edges[0]! < edges[1]!, `${value} in ${edges}`);
  }
});

test("no value is lost, edges ascend, and there are at most 60 buckets by default", () => {
  const values = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.constant(1)), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(values, (list) => {
      const { edges, counts } = bucketsOf(list);
      assert.is(
        counts.reduce((sum, count) => sum + count, 0),
        list.length,
      );
      assert.is(edges.length, counts.length + 1);
      assert.ok(counts.length <= 60, `${counts.length} buckets`);
      assert.ok(edges.every((edge, index) => index === 0 || edge > edges[index - 1]!));
    }),
  );
  const many = Array.from({ length: 100_000 }, (_, index) => index / 7);
  assert.ok(bucketsOf(many).counts.length <= 60);
});

test("bars touch, the tallest is the fullest, and the island has starts and counts", () => {
  const drawing = draw.histogram(frame(column("v", [1, 1, 1, 2, 3, null])), { value: "v" });
  assert.ok(drawing.ok);
  const markup = markupOf(drawing);
  assert.equal(
    [...markup.matchAll(/<rect x="([\d.]+%)" width="([\d.]+%)"/g)].map(([, x, width]) => [x, width]),
    [
      ["0%", "33.33%"],
      ["33.33%", "33.33%"],
      ["66.67%", "33.33%"],
    ],
  );
  assert.equal(
    drawing.columns.map(({ title, values }) => [title, ...values]),
    [
      ["v", 1, 2, 3],
      ["Count", 3, 1, 1],
    ],
  );
  assert.equal(drawing.axes, { x: { scale: "slots", count: 3 }, y: { scale: "linear", from: 0, to: 3 } });
  assert.match(
    markup,
    'aria-label="Histogram of v. 5 values, from 1 to 3, in 3 buckets. The fullest is 1 to 2, with 3."',
  );
  assert.match(markup, '<th scope="row">2 to 3</th><td>1</td>');
});

test("a single bucket is sent in words, since no next one says how wide it is", () => {
  const drawing = draw.histogram(frame(column("v", [5, 5])), { value: "v" });
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ type, values }) => [type, ...values]),
    [
      ["string", "5 to 6"],
      ["number", 2],
    ],
  );
});

test("labels below stand at edges", () => {
  const values = Array.from({ length: 50 }, (_, index) => index * 2);
  const markup = markupOf(draw.histogram(frame(column("v", values)), { value: "v", buckets: 10 }));
  const texts = [...markup.matchAll(/<text x="([\d.]+)%"[^>]*>([\d,]+)</g)].map(([, x, text]) => [
    Number(x),
    Number(text),
  ]);
  assert.ok(texts.length >= 5);
  for (const [x, value] of texts) assert.is(x, value!);
});

test("nothing, words, times and too many rows are told apart", () => {
  for (const values of [[], [null, null]]) {
    assert.match(markupOf(draw.histogram(frame(column("v", values)), { value: "v" })), "No data for this selection");
  }
  const missing = { ok: false, error: "column_missing" };
  assert.equal(draw.histogram(frame(column("v", ["a"])), { value: "v" }), missing);
  assert.equal(draw.histogram(frame(timeColumn("v", [1])), { value: "v" }), missing);
  assert.equal(draw.histogram(frame(column("v", [1, 2])), { value: "v" }, { effort: createEffort(3) }), {
    ok: false,
    error: "too_large",
  });
});

test("whatever the values, the markup is sound", () => {
  const anyValue = fc.oneof(fc.double(), fc.integer(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(anyValue), fc.constantFrom("", "ms", "percent", "bytes", "usd"), (list, unit) => {
      const finite = list.map((value) => (value !== null && Number.isFinite(value) ? value : null));
      const styleOf = (title: string) => ({ title, unit, decimals: undefined });
      const markup = markupOf(draw.histogram(frame(column("v", finite)), { value: "v" }, { styleOf }));
      assert.is(findFlaw(markup), undefined);
      assert.is(findNonsense(markup), undefined);
      assert.not.match(markup, /NaN|Infinity|undefined/);
    }),
  );
});

test.run();
