import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import type { Drawing } from "../../src/chart/kind.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";

const test = suite("lines and areas");
const pathsOf = (drawing: Drawing) =>
  [...markupOf(drawing).matchAll(/<path class="([^"]*)" data-s="(\d+)" d="([^"]*)"/g)].map(
    ([, name, series, d]) => `${series} ${name}: ${d}`,
  );
const columnsOf = (drawing: Drawing) => {
  assert.ok(drawing.ok);
  return drawing.columns.map(({ values }) => values);
};
const axesOf = (drawing: Drawing) => {
  assert.ok(drawing.ok);
  return drawing.axes;
};
const xy = { x: "x", y: ["y"] };
const gappy = frame(column("x", [0, 1, 2, 3, 4]), column("y", [4, null, 2, null, null]));

test("a row without a value is a gap, connected, or zero, as the panel says", () => {
  assert.equal(pathsOf(draw.line(gappy, xy)), ["0 dj-dot dj-s1: M0 0h0M500 500h0"]);
  assert.equal(pathsOf(draw.line(gappy, { ...xy, nulls: "connect" })), ["0 dj-line dj-s1: M0 0l500 500"]);
  const zero = draw.line(gappy, { ...xy, nulls: "zero" });
  assert.equal(pathsOf(zero), ["0 dj-line dj-s1: M0 0l250 1000 250-500 250 500 250 0"]);
  assert.equal(columnsOf(zero)[1], [4, 0, 2, 0, 0]);
  assert.equal(columnsOf(draw.line(gappy, { ...xy, nulls: "connect" }))[1], [4, null, 2, null, null]);
});

test("an area does likewise, and ends where its values end", () => {
  const fillOf = (nulls: string) =>
    pathsOf(draw.area(gappy, { ...xy, nulls })).find((path) => path.includes("dj-fill"));
  assert.is(fillOf("gap"), undefined, "single points have no area");
  assert.is(fillOf("connect"), "0 dj-fill dj-s1: M0 0l250 250 250 250 0 500-500 0z");
  assert.is(fillOf("zero"), "0 dj-fill dj-s1: M0 0l250 1000 250-500 250 500 250 0-1000 0z");
});

test("in a stack a bridge carries what lies on it, and is not told as a value", () => {
  const rows = frame(column("x", [0, 1, 2]), column("a", [4, null, 4]), column("b", [4, 4, 4]));
  const panel = { x: "x", y: ["a", "b"] };
  const topOf = (drawing: Drawing) => pathsOf(drawing).find((path) => path.startsWith("1 dj-line"));
  assert.is(topOf(draw.area(rows, panel)), "1 dj-line dj-s2: M0 0l500 500 500-500", "a dent");
  const bridged = draw.area(rows, { ...panel, nulls: "connect" });
  assert.is(topOf(bridged), "1 dj-line dj-s2: M0 0l1000 0");
  assert.equal(columnsOf(bridged)[1], [4, null, 4]);
  const none = frame(column("x", [0, 1, 2]), column("a", [4, null, 4]), column("b", [4, null, 4]));
  assert.is(pathsOf(draw.area(none, panel)).filter((path) => path.includes("dj-fill")).length, 0, "a gap in all");
  assert.is(topOf(draw.area(none, { ...panel, nulls: "zero" })), "1 dj-line dj-s2: M0 0l500 1000 500-1000");
});

test("what is below zero in a stack has its line at its outer edge", () => {
  const rows = frame(column("x", [0, 1]), column("a", [-4, -4]), column("b", [-6, -6]));
  const lines = pathsOf(draw.area(rows, { x: "x", y: ["a", "b"] })).filter((path) => path.includes("dj-line"));
  assert.equal(lines, ["0 dj-line dj-s1: M0 400l1000 0", "1 dj-line dj-s2: M0 1000l1000 0"]);
});

test("on a logarithmic scale zero and below are gaps, and a note says how many", () => {
  const rows = frame(column("x", [0, 1, 2, 3, 4]), column("y", [1, 10, 0, -3, 100]));
  const drawing = draw.line(rows, { ...xy, scale: "log" });
  assert.match(markupOf(drawing), '<p class="dj-foot">2 values of zero or below are left out');
  assert.equal(columnsOf(drawing)[1], [1, 10, null, null, 100]);
  assert.equal(axesOf(drawing)?.y, { scale: "log", from: 1, to: 100 });
  assert.match(markupOf(drawing), 'class="dj-y dj-uneven"');
  const path = pathsOf(draw.line(frame(column("x", [0, 1, 2]), column("y", [1, 10, 100])), { ...xy, scale: "log" }));
  assert.equal(path, ["0 dj-line dj-s1: M0 1000l500-500 500-500"]);
  const none = draw.line(frame(column("x", [0, 1]), column("y", [0, -1])), { ...xy, scale: "log" });
  assert.match(markupOf(none), /dj-empty.*2 values of zero or below/);
});

test("a browser is told where values stand", () => {
  const rows = frame(timeColumn("x", [1000, 2000, 4000]), column("y", [0, 7, 10]));
  assert.equal(axesOf(draw.line(rows, xy)), {
    x: { scale: "linear", from: 1000, to: 4000 },
    y: { scale: "linear", from: 0, to: 10 },
  });
  const words = frame(column("x", ["a", "b"]), column("y", [1, 2]));
  assert.equal(axesOf(draw.area(words, xy))?.x, { scale: "slots", count: 2 });
  const one = frame(column("x", [5]), column("y", [1]));
  assert.equal(axesOf(draw.line(one, xy))?.x, { scale: "slots", count: 1 }, "it stands in the middle");
});

test("thresholds are drawn, told, and always on the axis", () => {
  const rows = frame(column("x", [0, 1]), column("y", [10, 20]));
  for (const kind of ["line", "area", "bar"] as const) {
    const markup = markupOf(draw[kind](rows, { ...xy, thresholds: [{ value: 90, label: "SLO", status: "bad" }] }));
    assert.match(markup, /<line class="dj-threshold dj-bad" x1="0" x2="100%" y1="10%"/, kind);
    assert.match(markup, "Marked: SLO at 90.", kind);
  }
});

test("the names of split series can be clicked by their whole words", () => {
  const long = "n".repeat(300);
  const rows = frame(column("x", [0, 0, 0]), column("s", [long, null, "b"]), column("y", [1, 2, 3]));
  const markup = markupOf(
    draw.line(rows, { ...xy, series: "s" }, { clickOf: (name) => (name === "s" ? { kind: "event" } : undefined) }),
  );
  assert.match(
    markup,
    `<li data-s="0"><i class="dj-key dj-s1"></i><span><span class="dj-go" data-column="s" data-value="${long}">`,
  );
  assert.match(markup, '<li data-s="1"><i class="dj-key dj-s2"></i><span>none</span>', "nothing is no word");
  assert.match(
    markup,
    '<li data-s="2"><i class="dj-key dj-s3"></i><span><span class="dj-go" data-column="s" data-value="b">',
  );
  assert.not.match(markup, /<ul class="dj-legend"[^>]*aria-hidden/);
});

test("a legend says how many names it leaves out", () => {
  const x = [0, 1];
  const ys = Array.from({ length: 40 }, (_, index) => column(`y${index}`, [index, index]));
  const markup = markupOf(draw.line(frame(column("x", x), ...ys), { x: "x", y: ys.map(({ name }) => name) }));
  assert.match(markup, "<li>+29 more</li>");
  assert.is(markup.match(/<li data-s=/g)!.length, 11);
});

const rowsAndShuffled = (values: readonly (number | null)[]) => {
  const order = values.map((_, index) => (index * 7919) % values.length);
  assert.is(new Set(order).size, values.length);
  const at = (row: number) => Date.UTC(2026, 0, 1) + row * 1000;
  return [values.map((_, row) => row), order].map((rows) =>
    frame(
      timeColumn(
        "x",
        rows.map((row) => at(row)),
      ),
      column(
        "y",
        rows.map((row) => values[row]!),
      ),
    ),
  ) as [ReturnType<typeof frame>, ReturnType<typeof frame>];
};

const assertSame = (one: Drawing, other: Drawing) => {
  assert.is(markupOf(one), markupOf(other));
  assert.equal(columnsOf(one), columnsOf(other));
};

test("rows that ascend are drawn as the same rows in any order", () => {
  const anyValues = fc.array(fc.option(fc.integer({ min: -50, max: 1000 })), { minLength: 97, maxLength: 97 });
  fc.assert(
    fc.property(anyValues, (some) => {
      const values = Array.from({ length: 5003 }, (_, index) => some[(index * index) % 97]!);
      const [ascending, shuffled] = rowsAndShuffled(values);
      for (const more of [{}, { nulls: "zero" }, { scale: "log" }]) {
        assertSame(draw.line(ascending, { ...xy, ...more }), draw.line(shuffled, { ...xy, ...more }));
      }
      assertSame(draw.area(ascending, xy), draw.area(shuffled, xy));
    }),
    { numRuns: 10 },
  );
});

test("a stack of many rows keeps the spikes of every edge", () => {
  const count = 20_000;
  const x = Array.from({ length: count }, (_, index) => index);
  const level = (spike: number, value: number) => x.map((index) => (index === spike ? value : 1));
  const rows = frame(column("x", x), column("a", level(5001, 50)), column("b", level(12_003, -70)));
  const [positions, a, b] = columnsOf(draw.area(rows, { x: "x", y: ["a", "b"] }));
  assert.is(a![positions!.indexOf(5001)], 50);
  assert.is(b![positions!.indexOf(12_003)], -70);
  assert.ok(positions!.length < 2500, `${positions!.length}`);
});

test("a million rows take a small part of a dashboard's effort, and tell how many they are", () => {
  const x = Float64Array.from({ length: 1_000_000 }, (_, index) => index);
  const y = x.map((value) => value % 1000);
  const rows = frame({ type: "number", name: "x", values: x }, { type: "number", name: "y", values: y });
  const effort = createEffort(2_500_000);
  for (const kind of ["line", "area"] as const) {
    const drawing = draw[kind](rows, xy, { effort });
    assert.match(markupOf(drawing), "12 of 1000000 rows");
    assert.ok(markupOf(drawing).length < 60_000);
  }
  assert.ok(effort.take(2_300_000));
  assert.equal(draw.line(rows, xy, { effort: createEffort(60_000) }), { ok: false, error: "too_large" });
});

test.run();
