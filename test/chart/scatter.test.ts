import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import { jsonToMarkup } from "../../src/chart/safe.ts";
import { thinOut } from "../../src/chart/thin-out.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";

const test = suite("scatter");
const panel = { x: "x", y: "y" };
const dotsOf = (markup: string) =>
  [...markup.matchAll(/<g class="dj-dots[^"]*" data-s="(\d+)">(.*?)<\/g>/g)].map(([, series, paths]) => [
    Number(series),
    [...paths!.matchAll(/M(\d+) (\d+)h0/g)].map(([, x, y]) => `${x} ${y}`).sort(),
  ]);

test("each row with both values is a dot of its series", () => {
  const rows = frame(
    column("x", [0, 50, 100, 100, null]),
    column("y", [0, 5, 10, null, 1]),
    column("s", ["a", "b", "a", "a", "a"]),
  );
  const drawing = draw.scatter(rows, { ...panel, series: "s" });
  assert.ok(drawing.ok);
  const markup = markupOf(drawing);
  assert.equal(dotsOf(markup), [
    [0, ["0 1000", "1000 0"]],
    [1, ["500 500"]],
  ]);
  assert.equal(
    drawing.columns.map(({ title, at, values }) => ({ title, at, values })),
    [
      { title: "x", at: undefined, values: [0, 50, 100] },
      { title: "a", at: [0, 2], values: [0, 10] },
      { title: "b", at: [1], values: [5] },
    ],
  );
  assert.equal(drawing.axes, { x: { scale: "linear", from: 0, to: 100 }, y: { scale: "linear", from: 0, to: 10 } });
  assert.match(markup, 'aria-label="Scatter plot, 3 dots, x from 0 to 100. a: 2 dots from 0 to 10. b: 1 dot at 5."');
  assert.match(markup, "dj-legend");
  assert.match(markup, '<tr><th scope="row">50</th><td>b</td><td>5</td></tr>');
});

test("several dots of one x are all in the table, and no series makes no legend", () => {
  const markup = markupOf(draw.scatter(frame(column("x", [1, 1]), column("y", [3, 4])), panel));
  assert.match(markup, "<td>3</td>");
  assert.match(markup, "<td>4</td>");
  assert.not.match(markup, "dj-legend");
});

test("axes end at round numbers, and begin at zero only where that is near", () => {
  const near = draw.scatter(frame(column("x", [20, 231]), column("y", [25, 310])), panel);
  assert.ok(near.ok);
  assert.equal(
    [near.axes!.x, near.axes!.y],
    [
      { scale: "linear", from: 0, to: 250 },
      { scale: "linear", from: 0, to: 350 },
    ],
  );
  const far = draw.scatter(frame(column("x", [1000, 1100]), column("y", [1000, 1100])), panel);
  assert.ok(far.ok && far.axes!.x.scale === "linear");
  assert.is(far.axes!.x.from, 1000);
});

test("times run from the first to the last", () => {
  const hours = [0, 1, 4].map((hour) => Date.UTC(2026, 5, 17, hour));
  const drawing = draw.scatter(frame(timeColumn("x", hours), column("y", [0, 1, 4])), { ...panel, xScale: "log" });
  assert.ok(drawing.ok);
  assert.equal(drawing.axes!.x, { scale: "linear", from: hours[0], to: hours[2] });
  assert.equal(dotsOf(markupOf(drawing)), [[0, ["0 1000", "1000 0", "250 750"]]]);
  assert.match(markupOf(draw.scatter(frame(timeColumn("x", [hours[0]!]), column("y", [1])), panel)), "M500 ");
});

test("a logarithmic axis goes by ratios and says what has no place on it", () => {
  const rows = frame(column("x", [1, 10, 100, 0, 1]), column("y", [1, 10, 100, 5, -1]));
  const drawing = draw.scatter(rows, { ...panel, xScale: "log", yScale: "log" });
  assert.ok(drawing.ok);
  assert.equal(dotsOf(markupOf(drawing)), [[0, ["0 1000", "1000 0", "500 500"]]]);
  assert.equal(drawing.axes, { x: { scale: "log", from: 1, to: 100 }, y: { scale: "log", from: 1, to: 100 } });
  assert.match(markupOf(drawing), /<p class="dj-foot">2 values of zero or below are left out/);
  const none = markupOf(draw.scatter(frame(column("x", [0]), column("y", [1])), { ...panel, xScale: "log" }));
  assert.match(none, "No data");
  assert.match(none, "1 value of zero or below is left out");
});

test("a threshold is on the axis and spoken of", () => {
  const thresholds = [{ value: 300, label: "SLO", status: "bad" }];
  const drawing = draw.scatter(frame(column("x", [1, 2]), column("y", [10, 100])), { ...panel, thresholds });
  assert.ok(drawing.ok);
  assert.match(markupOf(drawing), "dj-threshold dj-bad");
  assert.match(markupOf(drawing), "Marked: SLO at 300.");
  assert.ok(drawing.axes!.y!.scale === "linear" && drawing.axes!.y!.to >= 300);
});

test("dots that fall on the same place of a series are one, those of two series are two", () => {
  const places = [
    [0.5, 0.5],
    [0.5001, 0.5001],
    [0.51, 0.5],
  ] as const;
  assert.equal(thinOut([places, places.slice(0, 1)], 100), [[0, 2], [0]]);
});

test("a hundred thousand dots become some thousands, and the island has those that are drawn", () => {
  const xs = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 99_991);
  const ys = xs.map((x, index) => (x * 31 + index * 17) % 1009);
  const drawing = draw.scatter(frame(column("x", xs), column("y", ys)), panel);
  assert.ok(drawing.ok);
  const drawn = markupOf(drawing).match(/h0/g)!.length;
  assert.ok(drawn > 2000 && drawn <= 8000, `${drawn} dots`);
  assert.is(drawing.columns[1]!.values.length, drawn);
});

test("it fits the room there is", () => {
  const many = Array.from({ length: 5000 }, (_, index) => index);
  const rows = frame(
    column("x", many),
    column(
      "y",
      many.map((n) => (n * 7919) % 4999),
    ),
  );
  const roomChars = 50_000;
  const drawing = draw.scatter(rows, panel, { roomChars });
  assert.ok(drawing.ok);
  assert.ok(drawing.body.length + jsonToMarkup(drawing.columns).length <= roomChars);
});

test("nothing, words and too many rows are told apart", () => {
  assert.match(markupOf(draw.scatter(frame(column("x", []), column("y", [])), panel)), "No data");
  assert.match(markupOf(draw.scatter(frame(column("x", [1]), column("y", [null])), panel)), "No data");
  const missing = { ok: false, error: "column_missing" };
  assert.equal(draw.scatter(frame(column("x", ["a"]), column("y", [1])), panel), missing);
  assert.equal(draw.scatter(frame(column("x", [1]), column("y", ["a"])), panel), missing);
  const rows = frame(column("x", [1]), column("y", [1]));
  assert.equal(draw.scatter(rows, panel, { effort: createEffort(1) }), { ok: false, error: "too_large" });
});

test("numbers along the axis are sent with the unit and the decimals of their column", () => {
  const styleOf = (title: string) => ({
    title,
    unit: title === "x" ? "ms" : "",
    decimals: title === "x" ? 1 : undefined,
  });
  const drawing = draw.scatter(frame(column("x", [1, 2]), column("y", [3, 4])), panel, { styleOf });
  assert.ok(drawing.ok);
  const [along] = drawing.columns;
  assert.equal(along, { title: "x", type: "number", unit: "ms", decimals: 1, values: [1, 2] });
});

test.run();
