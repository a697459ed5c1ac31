import fc from "fast-check";
import * as assert from "uvu/assert";
import { createEffort } from "../../src/chart/effort.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { cpuMsOf } from "../cpu-time.ts";
import { suite } from "../harness.ts";
import { column, draw, frame, markupOf, timeColumn } from "./draw.ts";
import { findFlaw, findNonsense } from "./well-formed.ts";

const test = suite("tables");

/** Makes a column of lists. */
function lists(name: string, values: readonly (readonly number[] | null)[]): Column {
  return { type: "numbers", name, values: values.map((list) => list && Float64Array.from(list)) };
}

/** Returns the columns' values as a browser gets them. */
function valuesOf(drawing: ReturnType<typeof draw.table>) {
  if (!drawing.ok) throw new Error(drawing.error);
  return drawing.columns.map(({ values }) => values);
}

function sorted(rows: Frame, columnName: string, order = "", more = {}) {
  return valuesOf(draw.table(rows, { sort: { column: columnName, order } }, more))[0];
}

test("rows stand in the order of a column, those without a value last either way", () => {
  const numbers = frame(column("n", [3, null, -1, 10]));
  assert.equal(sorted(numbers, "n"), [-1, 3, 10, null]);
  assert.equal(sorted(numbers, "n", "descending"), [10, 3, -1, null]);
  assert.equal(sorted(frame(timeColumn("t", [5, Number.NaN, 2])), "t"), [2, 5, null]);
  assert.equal(sorted(frame({ type: "boolean", name: "b", values: [true, null, false] }), "b"), [false, true, null]);
  const words = frame(column("w", ["item 10", "", "Item 2", null, "äpfel", "zebra", "Apfel"]));
  assert.equal(sorted(words, "w"), ["Apfel", "äpfel", "Item 2", "item 10", "zebra", null, null]);
});

test("equal rows stay in the order of the source, either way", () => {
  const rows = frame(column("id", ["a", "b", "c", "d"]), column("n", [1, 2, 1, 2]));
  assert.equal(sorted(rows, "n"), ["a", "c", "b", "d"]);
  assert.equal(sorted(rows, "n", "descending"), ["b", "d", "a", "c"]);
});

test("lists stand in the order of their last numbers", () => {
  const rows = frame(column("id", ["a", "b", "c"]), lists("l", [[1, 9], [50, 2], []]));
  assert.equal(sorted(rows, "l"), ["b", "a", "c"]);
});

test("rows are sorted before they are cut", () => {
  const drawing = draw.table(
    frame(
      column(
        "n",
        Array.from({ length: 3000 }, (_, index) => index),
      ),
    ),
    { sort: { column: "n", order: "descending" } },
  );
  const [values] = valuesOf(drawing);
  assert.equal([values!.length, values![0], values!.at(-1)], [1000, 2999, 2000]);
  assert.match(markupOf(drawing), "The first 1000 of 3000 rows");
});

test("the sorted column's heading says so, and no other", () => {
  const rows = frame(column("a", ["x"]), column("b", [1]));
  const markup = markupOf(draw.table(rows, { sort: { column: "b" } }));
  assert.match(markup, '<th scope="col">a</th><th scope="col" class="dj-number" aria-sort="ascending">b</th>');
  assert.not.match(markupOf(draw.table(rows, {})), "aria-sort");
});

test("sorting takes effort, of words for each that differs", () => {
  const words = Array.from({ length: 100 }, (_, index) => `w${index % 2}`);
  const rows = frame(column("w", words));
  const sort = { column: "w" };
  assert.equal(draw.table(rows, { sort }, { effort: createEffort(600) }), { ok: false, error: "too_large" });
  assert.ok(draw.table(rows, { sort }, { effort: createEffort(800) }).ok);
});

test("words that a collator is slow at are sorted all the same, and take more effort", () => {
  // Unbounded, marks out of their order take it some eight seconds.
  const marks = Array.from({ length: 4000 }, (_, index) => `a${"\u0301\u0327".repeat(120)}${index}`);
  const tookMs = cpuMsOf(() =>
    assert.ok(draw.table(frame(column("w", marks)), { sort: { column: "w" } }, { effort: createEffort(1e6) }).ok),
  );
  assert.ok(tookMs < 3000, `${tookMs} ms`);
  const sort = { column: "w" };
  const words = (start: string) =>
    frame(
      column(
        "w",
        Array.from({ length: 50 }, (_, index) => `${start}${index}`),
      ),
    );
  assert.ok(draw.table(words("a".repeat(50)), { sort }, { effort: createEffort(1000) }).ok);
  const refused = { ok: false, error: "too_large" };
  assert.equal(draw.table(words("1".repeat(50)), { sort }, { effort: createEffort(1000) }), refused);
});

test("a list of numbers is a small line that says its last, its lowest and its highest", () => {
  const rows = frame(lists("l", [[1, 3, 2], null, [], [Number.NaN], [7]]));
  const drawing = draw.table(rows, { columns: [{ name: "l", show: "spark" }] });
  const markup = markupOf(drawing);
  assert.match(markup, 'aria-label="last 2, lowest 1, highest 3"><path d="M6 82l170-76 170 38"/>');
  assert.is(markup.match(/<td class="dj-trend dj-none">–<\/td>/g)!.length, 3);
  assert.match(markup, 'aria-label="last 7, lowest 7, highest 7"><path class="dj-lone" d="M176 44h0"/>');
  assert.equal(valuesOf(drawing), [[[1, 3, 2], null, [], [], [7]]]);
});

test("a gap in a list is a gap in its line", () => {
  const markup = markupOf(
    draw.table(frame(lists("l", [[1, 2, Number.NaN, 1, 2]])), { columns: [{ name: "l", show: "spark" }] }),
  );
  assert.match(markup, /d="M\d+ \d+l[\d -]+M\d+ \d+l[\d -]+"/);
});

test("of a long list only so much is drawn and sent as a small line can show, its spike included", () => {
  const list = Array.from({ length: 1000 }, (_, index) => (index === 487 ? 99 : index % 3));
  const [values] = valuesOf(draw.table(frame(lists("l", [list])), { columns: [{ name: "l", show: "spark" }] }));
  const sent = values![0] as number[];
  assert.ok(sent.length <= 112 && sent.includes(99), `${sent.length} numbers`);
});

test("every number of a list that is shown takes effort", () => {
  const rows = frame(lists("l", [Array(500).fill(1), Array(500).fill(2)]));
  assert.equal(draw.table(rows, {}, { effort: createEffort(1001) }), { ok: false, error: "too_large" });
  assert.ok(draw.table(rows, {}, { effort: createEffort(1002) }).ok);
});

test("a list shown as text is counted, and nothing else of it is sent", () => {
  const drawing = draw.table(frame(lists("l", [[1, 2], [1], [], null])), {
    columns: [{ name: "l", show: "bar" }],
  });
  assert.match(markupOf(drawing), "<td>2 numbers</td></tr><tr><td>1 number</td></tr>");
  assert.ok(drawing.ok);
  assert.is(drawing.columns[0]!.type, "string");
  assert.equal(drawing.columns[0]!.values, ["2 numbers", "1 number", null, null]);
});

test("a status is that of the word, or of the size, else neutral", () => {
  const rows = frame(column("w", ["Breach", "toString", "Fine"]), column("n", [200, 503, 1]), {
    type: "boolean",
    name: "b",
    values: [true, false, null],
  });
  const markup = markupOf(
    draw.table(rows, {
      columns: [
        { name: "w", show: "status", statuses: { Breach: "bad", Fine: "ok" } },
        {
          name: "n",
          show: "status",
          statuses: { 200: "ok" },
          thresholds: [
            { value: 100, status: "warn" },
            { value: 500, status: "bad" },
          ],
        },
        { name: "b", show: "status", statuses: { true: "ok", No: "bad" } },
      ],
    }),
  );
  const tags = [...markup.matchAll(/dj-tag dj-(\w+)">([^<]+)</g)].map(([, mood, text]) => `${text}: ${mood}`);
  assert.equal(tags, [
    "Breach: bad",
    "200: good",
    "Yes: good",
    "toString: neutral",
    "503: bad",
    "No: bad",
    "Fine: good",
    "1: neutral",
  ]);
  assert.match(markup, '<td class="dj-none">–</td>');
});

test("a number has the colour of what it reaches, and none where that is neutral", () => {
  const thresholds = [
    { value: 10, status: "" },
    { value: 100, status: "bad" },
  ];
  for (const show of ["", "bar"]) {
    const markup = markupOf(
      draw.table(frame(column("n", [1, 10, 100, null])), { columns: [{ name: "n", show, thresholds }] }),
    );
    assert.equal(
      [...markup.matchAll(/dj-level dj-(\w+)">([^<]+)</g)].map(([, mood, text]) => [mood, text]),
      [["bad", "100"]],
    );
  }
});

test("code sets the method of a request apart from what is requested", () => {
  const markup = markupOf(
    draw.table(frame(column("c", ["GET /v1", "GETTER", "PUT", "EUR"])), { columns: [{ name: "c", show: "code" }] }),
  );
  assert.match(markup, '<td class="dj-code"><span class="dj-verb">GET</span> /v1</td>');
  assert.match(markup, '<td class="dj-code">GETTER</td>');
  assert.match(markup, '<td class="dj-code"><span class="dj-verb">PUT</span></td>');
  assert.match(markup, '<td class="dj-code">EUR</td>');
});

test("what is clicked is the whole value, whatever is shown of it", () => {
  const long = "x".repeat(2000);
  const rows = frame(
    column("w", [long, null]),
    column("n", [1234.5, null]),
    timeColumn("day", [Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 2, 3, 4, 5)], false),
    timeColumn("at", [Date.UTC(2026, 0, 2), Number.NaN]),
    { type: "boolean", name: "b", values: [true, null] },
    lists("l", [[1], null]),
  );
  const asked: string[] = [];
  const clickOf = (name: string, value: string) => {
    asked.push(`${name}=${value}`);
    return name === "n" ? ({ kind: "link", href: `?n=${value}` } as const) : undefined;
  };
  const markup = markupOf(draw.table(rows, { columns: [...rows.columns.map(({ name }) => ({ name }))] }, { clickOf }));
  assert.equal(asked, [
    `w=${long}`,
    "n=1234.5",
    "day=2026-01-02",
    "at=2026-01-02T00:00:00.000Z",
    "b=true",
    "day=2026-01-02T03:04:05",
  ]);
  assert.match(markup, '<td class="dj-number"><a class="dj-go" href="?n=1234.5">1234.5</a></td>');
});

test("long words stay on one line, and say the whole where they point", () => {
  const long = "n".repeat(300);
  const markup = markupOf(draw.table(frame(column("w", [long, "short"])), {}));
  assert.match(markup, `<td class="dj-long"><div dir="auto" title="${long}">${long}</div></td>`);
  assert.match(markup, '<td class="dj-long"><div dir="auto">short</div></td>');
});

test("any table gives well-formed markup without nonsense, twice the same", () => {
  const anyNumber = fc.oneof(
    fc.double({ noDefaultInfinity: true }),
    fc.constantFrom(1e308, -1e308, 5e-324, 1e-9, 1e12),
  );
  const anyList = fc.option(fc.array(anyNumber, { maxLength: 200 }));
  const anyRow = fc.tuple(fc.option(fc.string({ unit: "binary" })), anyNumber, anyList, fc.option(fc.boolean()));
  const anyShow = fc.constantFrom("", "text", "bar", "spark", "status", "code");
  const anySort = fc.record({
    column: fc.constantFrom("w", "n", "l", "b", "t"),
    order: fc.constantFrom("", "descending"),
  });
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 12 }), anyShow, anySort, (rows, show, sort) => {
      const any = frame(
        { type: "string", name: "w", values: rows.map(([word]) => word) },
        column(
          "n",
          rows.map(([, number]) => number),
        ),
        lists(
          "l",
          rows.map(([, , list]) => list),
        ),
        { type: "boolean", name: "b", values: rows.map(([, , , truth]) => truth) },
        timeColumn(
          "t",
          rows.map(([, number]) => number),
        ),
      );
      const thresholds = [{ value: 0, status: "warn" }];
      const columns = any.columns.map(({ name }) => ({ name, show, thresholds }));
      const once = () => markupOf(draw.table(any, { columns, sort }));
      const markup = once();
      assert.is(findFlaw(markup), undefined);
      assert.is(findNonsense(markup), undefined);
      assert.is(once(), markup);
    }),
    { numRuns: 300 },
  );
});

test.run();
