import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import * as assert from "uvu/assert";
import {
  type HttpSource,
  HttpSourceSchema,
  InlineColumnSchema,
} from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Column, Frame } from "../../src/frame/frame.ts";
import type { ReadBounds } from "../../src/source/connector.ts";
import { parseJsonAnswer } from "../../src/source/http/json-answer.ts";
import { jsonToFrame } from "../../src/source/http/json-frame.ts";
import { suite } from "../harness.ts";
import { failureOf } from "./failure-of.ts";

const test = suite("frames of JSON");

test("others have their turns while many long numbers are judged", async () => {
  const numbers = Array.from({ length: 100_000 }, (_, at) => `1.2345678901${100_000_000 + at}`);
  const answer = Buffer.from(`[${numbers}]`);
  let turns = 0;
  let reading = true;
  const count = () => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  await parseJsonAnswer(answer);
  reading = false;
  assert.ok(turns > 5, `${turns} turns`);
});

type Asked = { readonly rows?: string; readonly columns?: readonly (string | { name: string; type: string })[] };

async function read(text: string | Uint8Array, asked: Asked = {}, bounds: Partial<ReadBounds> = {}): Promise<Frame> {
  const columns = (asked.columns ?? []).map((column) =>
    create(InlineColumnSchema, typeof column === "string" ? { name: column } : column),
  );
  const source: HttpSource = create(HttpSourceSchema, { rows: asked.rows ?? "", columns });
  const answer = await parseJsonAnswer(typeof text === "string" ? Buffer.from(text) : text);
  return jsonToFrame(answer, source, { timezone: "Europe/Berlin", maxRows: 10_000, maxBytes: 4_000_000, ...bounds });
}

/** A column `a` of these cells, which are JSON. */
async function valuesOf(cells: readonly string[], type = ""): Promise<readonly [string, readonly unknown[]]> {
  const { columns } = await read(`[${cells.map((cell) => `{"a":${cell}}`)}]`, { columns: [{ name: "a", type }] });
  return [columns[0]!.type, plain(columns[0]!.values)];
}

/** Values as lists, with null for those that are NaN. */
function plain(values: Column["values"]): readonly unknown[] {
  return Array.from<unknown, unknown>(values, (value) => {
    if (value instanceof Float64Array) return plain(value);
    return Number.isNaN(value) ? null : value;
  });
}

test("columns are the names of all rows, in the order in which they appear first", async () => {
  const { columns, length, truncated } = await read('[{"b":1},{"a":"x","b":2},{"c":true,"b":null}]');
  assert.equal(
    columns.map(({ type, name, values }) => [type, name, plain(values)]),
    [
      ["number", "b", [1, 2, null]],
      ["string", "a", [null, "x", null]],
      ["boolean", "c", [null, null, true]],
    ],
  );
  assert.equal([length, truncated], [3, false]);
});

test("a column without a type has that of its cells, and is text where they differ", async () => {
  assert.equal(await valuesOf(["1", "null", "2.5"]), ["number", [1, null, 2.5]]);
  assert.equal(await valuesOf(["true", "null"]), ["boolean", [true, null]]);
  assert.equal(await valuesOf(['"2026-01-01"', '"x"']), ["string", ["2026-01-01", "x"]]);
  assert.equal(await valuesOf(["1", '"x"', "true", "null", "2.50"]), ["string", ["1", "x", "true", null, "2.5"]]);
  assert.equal(await valuesOf(["null"]), ["string", [null]]);
  assert.equal(await valuesOf(["[1,null,2.5]", "null", "[]"]), ["numbers", [[1, null, 2.5], null, []]]);
});

test("what is nested is JSON of at most 1024 characters", async () => {
  assert.equal(await valuesOf(['{"b":[1,"c"]}', '["x"]', "[1]", "7"]), [
    "string",
    ['{"b":[1,"c"]}', '["x"]', "[1]", "7"],
  ]);
  const [, [cut]] = await valuesOf([JSON.stringify({ long: "x".repeat(5000) })]);
  assert.is((cut as string).length, 1024);
});

test("no digit is lost: a column is text as soon as a double does not hold one of its numbers", async () => {
  const long = [
    "9007199254740993",
    "1234567890123456789",
    "-9007199254740993",
    "12345678901234567.89",
    "1e400",
    "1e-400",
  ];
  for (const text of long) assert.equal(await valuesOf(["1", text, "null"]), ["string", ["1", text, null]], text);
  for (const text of [
    "9007199254740991",
    "9007199254740992",
    "1e3",
    "0.1",
    "-0.30000000000000004",
    "0.10000000000000001",
  ]) {
    assert.equal(await valuesOf(["1", text]), ["number", [1, Number(text)]], text);
  }
  assert.equal(await valuesOf(["[1,9007199254740993]"]), ["string", ["[1,9007199254740993]"]]);
  assert.equal(await valuesOf(['{"id":9007199254740993,"s":"9007199254740993"}']), [
    "string",
    ['{"id":9007199254740993,"s":"9007199254740993"}'],
  ]);
});

test("declared numbers are read from text as well, whole ones to the last digit and fractions as doubles", async () => {
  assert.equal(await valuesOf(["1", '"2.50"', '"x"', "true", "null", '"-1e2"'], "number"), [
    "number",
    [1, 2.5, null, null, null, -100],
  ]);
  assert.equal(await valuesOf(["3.3333333333333333", '"12.3333333333333333"'], "number"), ["number", [10 / 3, 37 / 3]]);
  assert.equal(await valuesOf(["1", "9007199254740993"], "number"), ["string", ["1", "9007199254740993"]]);
  assert.equal(await valuesOf(["1", '"9007199254740993"'], "number"), ["string", ["1", "9007199254740993"]]);
});

test("declared types take what fits them", async () => {
  assert.equal(await valuesOf(["true", "1", '"true"'], "boolean"), ["boolean", [true, null, null]]);
  assert.equal(await valuesOf(["[1]", "1", '"x"', '["x"]'], "numbers"), ["numbers", [[1], null, null, null]]);
  assert.equal(await valuesOf(["1", "false", "{}", "9007199254740993"], "string"), [
    "string",
    ["1", "false", "{}", "9007199254740993"],
  ]);
  assert.equal(await valuesOf(["1"], "of a later release"), ["number", [1]]);
});

test("declared times are ISO 8601, in the dashboard's zone as soon as one names an offset", async () => {
  const cells = ['"2026-01-01"', '"2026-01-02T03:04"', '"yesterday"', "5"];
  const wall = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2, 3, 4), null, null];
  assert.equal(await valuesOf(cells, "time"), ["time", wall]);
  const instants = [Date.UTC(2025, 11, 31, 23), Date.UTC(2026, 0, 1)];
  assert.equal(await valuesOf(['"2026-01-01"', '"2026-01-01T00:00:00Z"'], "time"), ["time", instants]);
  const columns = [{ name: "a", type: "time" }];
  const zoned = async (text: string) =>
    (await read(`[{"a":"${text}"}]`, { columns })).columns.map((each) => each.type === "time" && each.zoned);
  assert.equal([await zoned("2026-01-01T00:00"), await zoned("2026-01-01T00:00Z")], [[false], [true]]);
});

test("rows that are lists have their cells in the order of the columns", async () => {
  const frame = await read('{"r":[["x",1],[null,2]]}', {
    rows: "/r",
    columns: ["name", { name: "n", type: "number" }],
  });
  assert.equal(frame.columns, [
    { type: "string", name: "name", values: ["x", null] },
    { type: "number", name: "n", values: Float64Array.of(1, 2) },
  ]);
});

test("a pointer is read as RFC 6901 says", async () => {
  const answer = { "": [{ a: 1 }], "a/b": { "m~n": [0, [{ a: 1 }]] }, "~1": [{ a: 1 }] };
  for (const rows of ["/", "/a~1b/m~0n/1", "/~01"])
    assert.is((await read(JSON.stringify(answer), { rows })).length, 1, rows);
  for (const rows of [
    "/x",
    "/a~1b/m~0n/01",
    "/a~1b/m~0n/-",
    "/a~1b/m~0n/length",
    "/__proto__",
    "/toString",
    "//0/a/b",
  ]) {
    assert.is(
      await failureOf(read(JSON.stringify(answer), { rows })),
      "source_failed: `rows` leads to nothing in the answer",
      rows,
    );
  }
  assert.is(
    await failureOf(read(JSON.stringify(answer), { rows: "/a~1b" })),
    "source_failed: what `rows` leads to is not a list",
  );
});

test("rows beyond the caps are left out, and the frame says so", async () => {
  const rows = JSON.stringify(Array.from({ length: 50 }, (_, n) => ({ n, s: "x".repeat(100) })));
  const few = await read(rows, {}, { maxRows: 7 });
  assert.equal([few.length, few.truncated, few.columns[1]!.values.length], [7, true, 7]);
  assert.equal((await read(rows, {}, { maxRows: 50 })).truncated, false);
  const small = await read(rows, {}, { maxBytes: 1000 });
  assert.ok(small.length > 0 && small.length < 10 && small.truncated);
});

const shapes: readonly (readonly [text: string, asked: Asked, words: string])[] = [
  ["[1]", {}, "a row is neither an object nor a list"],
  ["[{},null]", {}, "a row is neither an object nor a list"],
  ["[[1]]", {}, "rows that are lists need `columns`"],
  ["[[1,2]]", { columns: ["a"] }, "a row has not one cell for each of `columns`"],
  ["{}", {}, "the answer is not a list"],
  ["null", { rows: "/a" }, "`rows` leads to nothing in the answer"],
  [
    `[${JSON.stringify(Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`c${n}`, n])))}]`,
    {},
    "the rows have more than 100 names: list those that count in `columns`",
  ],
  [`[{"${"x".repeat(257)}":1}]`, {}, "a name is longer than 256 characters"],
  [`${"[".repeat(33)}${"]".repeat(33)}`, {}, "the answer has more than 32 levels"],
  [`[{"a":"\\udc00\\udc001"}]`, {}, "the answer holds text that is not Unicode"],
  [" \n", {}, "the answer is empty"],
];
for (const text of [
  "[",
  "[]]",
  "[01]",
  "[1.]",
  "[1234567890123456.]",
  "[-]",
  "[1e]",
  "[0123456789012345678]",
  "NaN",
  "'a'",
  '["\u0001"]',
  "[1]x",
  "//\n[]",
]) {
  test(`${JSON.stringify(text)} is not JSON`, async () => {
    assert.is(await failureOf(read(text)), "source_failed: the answer is not JSON");
  });
}
for (const [text, asked, words] of shapes) {
  test(`${text.slice(0, 40)}: ${words}`, async () => {
    assert.is(await failureOf(read(text, asked)), `source_failed: ${words}`);
  });
}

test("a byte order mark is passed over, and half a character is replaced", async () => {
  assert.is((await read("\ufeff[{}]")).length, 1);
  assert.equal(await valuesOf(['"\\ud800"', '"\\udc00x"', '"😀"', '"\\ud83d\\ude00"']), [
    "string",
    ["\ufffd", "\ufffdx", "😀", "😀"],
  ]);
});

test("names that objects inherit are names like others", async () => {
  const frame = await read('[{"__proto__":{"polluted":1},"constructor":1,"a":1,"a":2}]');
  assert.equal(
    frame.columns.map(({ name, values }) => [name, values[0]]),
    [
      ["__proto__", '{"polluted":1}'],
      ["constructor", 1],
      ["a", 2],
    ],
  );
  assert.is(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(await valuesOf(["1"]), ["number", [1]]);
  assert.equal((await read('[{"a":1}]', { columns: ["toString"] })).columns[0]!.values, [null]);
});

test("brackets, quotes and numbers in texts count for nothing", async () => {
  const text = String.raw`[["\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[","\\",{"k\"[":"12345678901234567890"}]]`;
  const { columns } = await read(`${text.slice(0, -1)},["]]]}}}",1,2]]`, { columns: ["a", "b", "c"] });
  assert.equal(
    columns.map(({ values }) => values[0]),
    ['"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[', "\\", '{"k\\"[":"12345678901234567890"}'],
  );
});

test("any list of flat objects comes back as it was", async () => {
  const cell = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, fc.integer(), fc.boolean())), async (rows) => {
      const objects = rows.map(([any, n, b]) => ({ any: any === null ? null : `${any}`, n, b }));
      const { columns, length } = await read(JSON.stringify(objects), { columns: ["any", "n", "b"] });
      assert.is(length, rows.length);
      if (length === 0) return;
      assert.equal(
        [...columns[0]!.values],
        objects.map(({ any }) => any),
      );
      assert.equal(
        [...columns[1]!.values],
        objects.map(({ n }) => n),
      );
      assert.equal(
        [...columns[2]!.values],
        objects.map(({ b }) => b),
      );
    }),
    { numRuns: 200 },
  );
});

test("a number is either held by a double or kept as it was written", async () => {
  const number = fc.tuple(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
    fc.nat({ max: 30 }),
    fc.constantFrom("", "e5", "E-7"),
  );
  await fc.assert(
    fc.asyncProperty(number, async ([whole, fraction, exponent]) => {
      const text = `${whole}${fraction === 0 ? "" : `.${fraction}`}${exponent}`;
      const [type, [value]] = await valuesOf([text]);
      if (type === "string") assert.is(value, text);
      else assert.is(value, Number(text));
      if (fraction !== 0 || exponent !== "") return;
      if (Number.isSafeInteger(Number(text))) assert.is(type, "number");
      if (type === "number") assert.is(Number(text).toLocaleString("en", { useGrouping: false }), text);
    }),
    { numRuns: 500 },
  );
});

test.run();
