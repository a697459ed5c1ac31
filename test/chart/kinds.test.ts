import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import { jsonToMarkup } from "../../src/chart/safe.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";

const test = suite("kinds of panels");
const hours = (count: number) => Array.from({ length: count }, (_, index) => Date.UTC(2026, 5, 17) + index * 3_600_000);
const pathsOf = (markup: string) =>
  [...markup.matchAll(/<path class="([^"]*)" data-s="\d+" d="([^"]*)"/g)].map(([, name, d]) => `${name}: ${d}`);

test("a line is one path in whole numbers, from edge to edge", () => {
  const markup = markupOf(draw.line(frame(column("x", [0, 1, 2]), column("y", [0, 10, 5])), { x: "x", y: ["y"] }));
  assert.equal(pathsOf(markup), ["dj-line dj-s1: M0 1000l500-1000 500 500"]);
});

test("each word of the series column makes a line, in the order of x", () => {
  const rows = frame(column("x", [2, 1, 2, 1]), column("s", ["a", "a", "b", "b"]), column("y", [10, 0, 0, 10]));
  const drawing = draw.line(rows, { x: "x", y: ["y"], series: "s" });
  assert.equal(pathsOf(markupOf(drawing)), ["dj-line dj-s1: M0 1000l1000-1000", "dj-line dj-s2: M0 0l1000 1000"]);
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ title, values }) => [title, ...values]),
    [
      ["x", 1, 2],
      ["a", 0, 10],
      ["b", 10, 0],
    ],
  );
});

test("a row without a value is a gap, a row that is not there is none", () => {
  const gap = frame(column("x", [0, 1, 2, 3]), column("y", [1, 1, null, 1]));
  assert.equal(pathsOf(markupOf(draw.line(gap, { x: "x", y: ["y"] }))).length, 2, "a line and a dot");
  const sparse = frame(
    column("x", [0, 1, 2, 0, 2]),
    column("s", ["a", "a", "a", "b", "b"]),
    column("y", [1, 1, 1, 2, 2]),
  );
  assert.equal(pathsOf(markupOf(draw.line(sparse, { x: "x", y: ["y"], series: "s" }))).length, 2, "two lines");
});

test("a stack ends at the sum", () => {
  const rows = frame(column("x", [0, 1]), column("a", [6, 6]), column("b", [4, 4]));
  const markup = markupOf(draw.area(rows, { x: "x", y: ["a", "b"] }));
  assert.match(markup, 'dj-fill dj-s2" data-s="1" d="M0 0l1000 0 0 400-1000 0z"');
});

test("a zero lies on the stack, and does not pull it down to the axis", () => {
  const rows = frame(column("x", [0, 1, 2]), column("a", [4, 4, 4]), column("b", [4, 0, 4]));
  const markup = markupOf(draw.area(rows, { x: "x", y: ["a", "b"] }));
  assert.equal(
    pathsOf(markup).filter((path) => path.startsWith("dj-line dj-s2")),
    ["dj-line dj-s2: M0 0l500 500 500-500"],
  );
});

test("a stack has a gap only where no series has a value", () => {
  const rows = frame(column("x", [0, 1, 2, 3, 4]), column("a", [1, null, null, 1, 1]), column("b", [1, 1, null, 1, 1]));
  const [fill] = pathsOf(markupOf(draw.area(rows, { x: "x", y: ["a", "b"] })));
  assert.is(fill!.match(/z/g)!.length, 2);
});

test("bars of one category and series add up", () => {
  const drawing = draw.bar(frame(column("x", ["a", "a", "b"]), column("y", [1, 2, 4])), { x: "x", y: ["y"] });
  assert.ok(drawing.ok);
  assert.equal(drawing.columns[1]!.values, [3, 4]);
});

test("bars start at zero, below it when they are negative", () => {
  const markup = markupOf(draw.bar(frame(column("x", ["a", "b"]), column("y", [10, -10])), { x: "x", y: ["y"] }));
  assert.equal(
    [...markup.matchAll(/ y="([\d.]+%)" height="([\d.]+%)"/g)].map(([, y, height]) => [y, height]),
    [
      ["0%", "50%"],
      ["50%", "50%"],
    ],
  );
});

test("horizontal bars are a list with names and values", () => {
  const rows = frame(column("x", ["Germany", "Japan"]), column("y", [200, 50]));
  const markup = markupOf(draw.bar(rows, { x: "x", y: ["y"], orientation: "horizontal" }));
  assert.match(
    markup,
    '<span class="dj-name">Japan</span><b>50</b><svg class="dj-track" aria-hidden="true"><rect class="dj-s1 dj-round" data-s="0" width="25%"',
  );
});

test("a stat compares with the span before, and says whether that is good", () => {
  const now = frame(column("y", [90, 184]));
  const previous = frame(column("y", [196]));
  const styleOf = () => ({ title: "p95", unit: "ms", decimals: undefined });
  const drawn = markupOf(draw.stat(now, { value: "y", better: "lower" }, { previous, styleOf }));
  assert.match(drawn, '<p class="dj-value">184<small>\u00a0ms</small></p>');
  assert.match(drawn, /dj-pill dj-good.*down <\/span>12\u00a0ms<\/span>/);
  const worse = markupOf(draw.stat(now, { value: "y" }, { previous }));
  assert.match(worse, /dj-pill dj-bad.*down <\/span>6.1%<\/span>/);
});

test("a stat reduces its rows as it is told, and its small line likewise", () => {
  const rows = frame(column("day", [1, 1, 2, 2]), column("y", [1, 2, 3, null]));
  for (const [reduce, text] of Object.entries({
    last: "3",
    first: "1",
    sum: "6",
    mean: "2",
    min: "1",
    max: "3",
    count: "3",
  })) {
    assert.match(markupOf(draw.stat(rows, { value: "y", reduce })), `<p class="dj-value">${text}</p>`);
  }
  const drawing = draw.stat(rows, { value: "y", reduce: "sum", sparkline: "day" });
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ values }) => values),
    [[6], [1, 2], [3, 3]],
  );
});

test("a stat without a value or without a past says so by a dash and by silence", () => {
  const markup = markupOf(draw.stat(frame(column("y", [])), { value: "y" }, { previous: frame(column("y", [1])) }));
  assert.is(markup, '<p class="dj-value">–</p>');
});

test("a table sets numbers to the right and leaves a dash where there is nothing", () => {
  const rows = frame(column("name", ["a", null]), column("n", [1.5, null]), timeColumn("at", [0, Number.NaN], false));
  const markup = markupOf(draw.table(rows, {}));
  assert.match(markup, '<th scope="col" class="dj-number">n</th>');
  assert.match(markup, '<tr><td>a</td><td class="dj-number">1.5</td><td>1970</td></tr>');
  assert.match(
    markup,
    '<tr><td class="dj-none">–</td><td class="dj-number dj-none">–</td><td class="dj-none">–</td></tr>',
  );
});

test("a table shows the columns that it names, in that order, and sends no others", () => {
  const rows = frame(column("a", [1]), column("secret", [2]), column("b", ["c"]));
  const drawing = draw.table(rows, { columns: [{ name: "b" }, { name: "a", show: "bar" }] });
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ title }) => title),
    ["b", "a"],
  );
  assert.not.match(markupOf(drawing), "secret");
  assert.match(markupOf(drawing), "dj-track");
});

test("a table stops at a thousand rows and says so", () => {
  const markup = markupOf(
    draw.table(
      frame(
        column(
          "n",
          Array.from({ length: 1001 }, (_, index) => index),
        ),
      ),
      {},
    ),
  );
  assert.match(markup, "The first 1000 of 1001 rows");
});

test("a table of thousands of columns stops at a hundred and says so", () => {
  const columns = Array.from({ length: 5000 }, (_, index) => column(`c${index}`, [index]));
  const drawing = draw.table(frame(...columns), {});
  assert.ok(drawing.ok);
  assert.is(drawing.columns.length, 100);
  assert.match(markupOf(drawing), "The first 100 of 5000 columns");
});

test("a table shows as many rows as there is room for and says so", () => {
  const count = 200;
  const rows = frame(
    column(
      "s",
      Array.from({ length: count }, (_, index) => `<${index}>`),
    ),
    column(
      "n",
      Array.from({ length: count }, (_, index) => index * 1.5),
    ),
  );
  const roomChars = 5000;
  const drawing = draw.table(rows, { columns: [{ name: "s" }, { name: "n", show: "bar" }] }, { roomChars });
  assert.ok(drawing.ok);
  const shown = drawing.columns[0]!.values.length;
  assert.match(markupOf(drawing), `The first ${shown} of 200 rows`);
  assert.is(markupOf(drawing).match(/<tr>/g)!.length, shown + 1);
  const chars = drawing.body.length + jsonToMarkup(drawing.columns).length;
  assert.ok(chars <= roomChars && chars > roomChars - 300, `${chars} characters`);
  const effort = createEffort(count);
  assert.equal(draw.table(rows, {}, { roomChars: 150, effort }), { ok: false, error: "too_large" });
  assert.equal(draw.table(rows, {}, { roomChars: -5000, effort }), { ok: false, error: "too_large" });
  assert.not.ok(effort.take(count), "what has no room gives no effort back");
});

test("a long cell is cut, in the table and in its data", () => {
  const drawing = draw.table(frame(column("s", ["x".repeat(5000)])), {});
  assert.ok(drawing.ok);
  assert.match(markupOf(drawing), `>${"x".repeat(1023)}…</div></td>`);
  assert.is(drawing.columns[0]!.values[0], `${"x".repeat(1023)}…`);
});

test("long names are cut wherever a chart shows them, and stay apart", () => {
  const long = "n".repeat(300);
  const rows = frame(column("x", [`${long}1`, `${long}2`]), column("s", [`${long}3`, `${long}4`]), column("y", [1, 2]));
  for (const kind of ["line", "area", "bar"] as const) {
    const drawing = draw[kind](rows, { x: "x", y: ["y"], series: "s" });
    assert.ok(drawing.ok);
    assert.is(drawing.columns.length, 3);
    assert.is(drawing.columns[0]!.values.length, 2);
    assert.not.match(markupOf(drawing), "n".repeat(200));
    assert.not.match(JSON.stringify(drawing.columns), "n".repeat(200));
  }
});

test("a small line has no more points than it can show, and the island none besides", () => {
  const x = Array.from({ length: 10_000 }, (_, index) => index);
  const drawing = draw.stat(frame(column("x", x), column("y", x)), { value: "y", sparkline: "x" });
  assert.ok(drawing.ok);
  assert.ok(drawing.columns[1]!.values.length <= 625);
});

test("what has nothing to show sends nothing", () => {
  const drawing = draw.line(frame(column("x", [1, 2]), column("y", [null, null])), { x: "x", y: ["y"] });
  assert.ok(drawing.ok);
  assert.equal(
    drawing.columns.map(({ values }) => values),
    [[], []],
  );
});

test("a chart for which there is no effort left is too large, and so are series that make many values of few rows", () => {
  const x = Array.from({ length: 1000 }, (_, index) => index);
  const rows = frame(
    column("x", x),
    column(
      "s",
      x.map((n) => `s${n % 50}`),
    ),
    column("y", x),
  );
  const refused = { ok: false, error: "too_large" };
  for (const kind of ["line", "area", "bar"] as const) {
    assert.equal(draw[kind](rows, { x: "x", y: ["y"] }, { effort: createEffort(1999) }), refused, kind);
  }
  assert.equal(draw.stat(rows, { value: "y", sparkline: "x" }, { effort: createEffort(1999) }), refused);
  assert.equal(draw.table(rows, {}, { effort: createEffort(2999) }), refused);
  const split = { x: "x", y: ["y"], series: "s" };
  assert.ok(draw.line(rows, split, { effort: createEffort(2000) }).ok);
  assert.equal(draw.area(rows, split, { effort: createEffort(51_999) }), refused);
  assert.ok(draw.area(rows, split, { effort: createEffort(52_000) }).ok);
});

test("every chart has a summary and a table to be read aloud, and says what the table leaves out", () => {
  const rows = frame(
    timeColumn("t", hours(100)),
    column(
      "y",
      hours(100).map((_, index) => index),
    ),
  );
  const markup = markupOf(draw.line(rows, { x: "t", y: ["y"] }));
  assert.match(
    markup,
    'role="img" aria-label="Line chart, 1 series, from Jun 17, 2026, 02:00 to Jun 21, 2026, 05:00. y: last 99, lowest 0 at',
  );
  assert.match(markup, "<caption>Panel: 12 of 100 rows, 88 left out</caption>");
});

test("more than a hundred series are refused", () => {
  const many = Array.from({ length: 101 }, (_, index) => index);
  const rows = frame(
    column("x", many),
    column(
      "s",
      many.map((n) => `s${n}`),
    ),
    column("y", many),
  );
  for (const kind of ["line", "area", "bar"] as const) {
    assert.equal(draw[kind](rows, { x: "x", y: ["y"], series: "s" }), { ok: false, error: "too_many_series" });
  }
});

test("words cannot be measured", () => {
  const rows = frame(column("x", [1]), column("y", ["words"]));
  assert.equal(draw.line(rows, { x: "x", y: ["y"] }), { ok: false, error: "column_missing" });
  assert.equal(draw.stat(rows, { value: "y" }), { ok: false, error: "column_missing" });
  assert.match(markupOf(draw.stat(rows, { value: "y", reduce: "count" })), '<p class="dj-value">1</p>');
});

test("a hundred thousand points of 40 series make a chart of bounded size", () => {
  const count = 2500;
  const x = Array.from({ length: count }, (_, index) => index);
  const ys = Array.from({ length: 40 }, (_, series) =>
    column(
      `y${series}`,
      x.map((n) => (n * 7919 + series * 104_729) % 1000),
    ),
  );
  const y = ys.map(({ name }) => name);
  for (const kind of ["line", "area"] as const) {
    const size = markupOf(draw[kind](frame(column("x", x), ...ys), { x: "x", y })).length;
    assert.ok(size < 500_000, `${kind}: ${size} characters`);
  }
});

test.run();
