import * as assert from "uvu/assert";
import { toExactNumber } from "../../src/source/exact-numbers.ts";
import { createFrameBuilder, type FrameCell, type FrameHead } from "../../src/source/frame-builder.ts";
import { SourceError } from "../../src/source/source-error.ts";
import { suite } from "../harness.ts";

const test = suite("frame builder");

const none = Number.NaN;

function column(head: Omit<FrameHead, "name">, cells: readonly FrameCell[]) {
  const builder = createFrameBuilder([{ name: "c", ...head }], { maxRows: 1000, maxBytes: 1 << 20 });
  for (const cell of cells) assert.ok(builder.addRow([cell]));
  const { columns, length } = builder.toFrame();
  assert.is(length, cells.length);
  const { type, values } = columns[0]!;
  return { type, values: [...values].map((value) => (value instanceof Float64Array ? [...value] : value)) };
}

test("numbers whose digits a double gives back are numbers", () => {
  const cells = [1, -2n, "3.50", "0.1", "9007199254740991", "1e22", "123456789.123456", "0.30000000000000004", "-0"];
  const values = [1, -2, 3.5, 0.1, 9007199254740991, 1e22, 123456789.123456, 0.30000000000000004, 0];
  assert.equal(column({ type: "exact" }, cells), { type: "number", values });
});

test("a number of a million zeros is read at once, and keeps them", () => {
  const long = `1${"0".repeat(1_000_000)}1`;
  for (const cell of [long, `0.${long}`]) assert.is(toExactNumber(cell), undefined);
  assert.is(toExactNumber(`1.${"0".repeat(1_000_000)}`), 1);
});

test("no value and what is no finite number are no value of a column of numbers", () => {
  const cells = [
    null,
    undefined,
    none,
    Number.POSITIVE_INFINITY,
    "NaN",
    "Infinity",
    "",
    "0x10",
    "1-2",
    " 1",
    true,
    "1",
  ];
  assert.equal(column({ type: "exact" }, cells), { type: "number", values: [...Array(11).fill(none), 1] });
});

for (const lost of [
  9007199254740993n,
  "9007199254740993",
  "123456789.12345678901",
  "1e400",
  "1e-400",
  "0.1234567890123456789",
]) {
  test(`a column with ${lost} is text, and its other values are as they came`, () => {
    const { type, values } = column({ type: "exact" }, ["1.50", 2, null, lost, "3.00"]);
    assert.equal({ type, values }, { type: "string", values: ["1.50", "2", null, `${lost}`, "3.00"] });
  });
}

test("doubles and times are numbers, and what is not finite is no value", () => {
  assert.equal(column({ type: "double" }, [0.1, none, Number.NEGATIVE_INFINITY, null, "1"]).values, [
    0.1,
    none,
    none,
    none,
    none,
  ]);
  assert.equal(column({ type: "time", zoned: true }, [0, 8.64e15, 8.65e15, null]).values, [0, 8.64e15, none, none]);
});

test("texts and truth values are as they came", () => {
  assert.equal(column({ type: "text" }, ["a", "", null, 1, true, 12n]).values, ["a", "", null, "1", "true", "12"]);
  assert.equal(column({ type: "boolean" }, [true, false, null, "true"]).values, [true, false, null, null]);
});

test("lists are lists until one is too long or would lose a digit: then all are text", () => {
  const lists = [[1, "2.5", null], [], null];
  assert.equal(column({ type: "numbers" }, lists), { type: "numbers", values: [[1, 2.5, none], [], null] });
  for (const odd of [["9007199254740993"], Array(1001).fill(7), "[[1],[2]]"]) {
    const { type, values } = column({ type: "numbers" }, [...lists, odd]);
    const text = typeof odd === "string" ? odd : `[${odd.join(",")}]`.slice(0, 1024);
    assert.equal({ type, values }, { type: "string", values: ["[1,2.5,null]", "[]", null, text] });
  }
});

test("a row beyond the bounds is left out whole, with all that follow, and the frame says so", () => {
  const heads: FrameHead[] = [
    { name: "n", type: "exact" },
    { name: "t", type: "text" },
  ];
  const byRows = createFrameBuilder(heads, { maxRows: 2, maxBytes: 1000 });
  assert.equal([byRows.addRow([1, "a"]), byRows.addRow([2, "b"])], [true, true]);
  assert.is(byRows.toFrame().truncated, false);
  assert.is(byRows.addRow([3, "c"]), false);
  assert.equal([byRows.toFrame().length, byRows.toFrame().truncated], [2, true]);

  const byBytes = createFrameBuilder(heads, { maxRows: 10, maxBytes: 100 });
  assert.is(byBytes.addRow([1, "a"]), true);
  assert.is(byBytes.addRow([2, "b".repeat(100)]), false);
  assert.is(byBytes.addRow([3, "c"]), false);
  const { columns, length, truncated } = byBytes.toFrame();
  assert.equal([length, truncated, columns.map(({ values }) => [...values])], [1, true, [[1], ["a"]]]);
  assert.is(createFrameBuilder(heads, { maxRows: 1, maxBytes: 1 }).toFrame(true).truncated, true);
});

test("a column that becomes text costs what its texts take", () => {
  const builder = createFrameBuilder([{ name: "n", type: "exact" }], { maxRows: 100, maxBytes: 900 });
  for (let row = 0; row < 50; row += 1) assert.ok(builder.addRow(["0.1234567890123"]));
  assert.is(builder.addRow(["9007199254740993"]), false);
});

test("more than a hundred columns are refused", () => {
  const heads = Array.from({ length: 101 }, (_, at): FrameHead => ({ name: `c${at}`, type: "text" }));
  assert.throws(
    () => createFrameBuilder(heads, { maxRows: 1, maxBytes: 1 }),
    (error: unknown) => error instanceof SourceError,
  );
});

test.run();
