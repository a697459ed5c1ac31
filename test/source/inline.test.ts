import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { type ListValue, ListValueSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import * as assert from "uvu/assert";
import { type InlineSource, InlineSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Binding } from "../../src/definition/filter-value.ts";
import { inlineToFrame } from "../../src/source/inline.ts";
import { suite } from "../harness.ts";
import { listsOf, valuesOf } from "./duckdb-fixture.ts";

const test = suite("inline source");

function source(columns: readonly (string | readonly [string, string])[], rows: readonly JsonValue[][]): InlineSource {
  return create(InlineSourceSchema, {
    columns: columns.map((column) =>
      typeof column === "string" ? { name: column } : { name: column[0], type: column[1] },
    ),
    rows: rows.map(
      (row): ListValue => create(ListValueSchema, { values: row.map((cell) => fromJson(ValueSchema, cell)) }),
    ),
  });
}

function read(from: InlineSource, binding: Binding = {}, timezone = "UTC", maxRows = 10_000) {
  return inlineToFrame(from, binding, { timezone, maxRows });
}

/** The values of the only column, and its type. */
function column(type: string, cells: readonly JsonValue[], timezone?: string) {
  const frame = read(
    source(
      [["c", type]],
      cells.map((cell) => [cell]),
    ),
    {},
    timezone,
  );
  const [only] = frame.columns;
  return { ...only, values: valuesOf(only) };
}

test("types are read off the cells", () => {
  assert.equal(column("", [1, null, 2.5]), { type: "number", name: "c", values: [1, Number.NaN, 2.5] });
  assert.equal(column("", ["a", null]), { type: "string", name: "c", values: ["a", null] });
  assert.equal(column("", [true, null, false]), { type: "boolean", name: "c", values: [true, null, false] });
  assert.equal(column("", ["2024-01-01"]), { type: "string", name: "c", values: ["2024-01-01"] });
  assert.equal(column("", [null]), { type: "string", name: "c", values: [null] });
});

test("lists of numbers are a column of their own, read off the cells or named", () => {
  for (const type of ["", "numbers"]) {
    const { values, ...rest } = column(type, [[1, null, 2.5], null, []]);
    assert.equal(rest, { type: "numbers", name: "c" });
    assert.equal(listsOf(values), [[1, Number.NaN, 2.5], null, []]);
  }
});

test("what is no list of numbers has no value among them, and neither has one that is too long", () => {
  const list = Array<number>(1000).fill(1);
  const { values } = column("numbers", [5, "a", {}, [...list, 1], list]);
  assert.equal(
    listsOf(values).map((list) => list?.length ?? null),
    [null, null, null, null, 1000],
  );
  assert.equal(listsOf(column("numbers", [["a", 1]]).values), [[Number.NaN, 1]]);
});

test("lists of numbers are kept with their rows, and equal nothing that is bound", () => {
  const rows = source(
    ["list", "id"],
    [
      [[1], "a"],
      [[2], "b"],
    ],
  );
  assert.equal(listsOf(valuesOf(read(rows, { id: "b" }).columns[0])), [[2]]);
  assert.is(read(rows, { list: 2 }).length, 0);
});

test("cells of several types become strings", () => {
  assert.equal(column("", [1, "a", true, null]).values, ["1", "a", "true", null]);
});

test("cells that do not fit have no value", () => {
  assert.equal(column("number", [1, "2", true, [3], null]).values, [1, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  assert.equal(column("boolean", [true, 1, "true"]).values, [true, null, null]);
  assert.equal(column("string", ["a", {}, []]).values, ["a", null, null]);
  assert.equal(column("time", ["soon", 5, "2024-02-30"]).values, [Number.NaN, Number.NaN, Number.NaN]);
});

test("a row that is too short has no value at its end", () => {
  assert.equal(read(source(["a", "b"], [[1, 2], [1]])).columns.map(valuesOf), [
    [1, 1],
    [2, Number.NaN],
  ]);
});

test("times without an offset are readings of a wall clock", () => {
  const { values, ...rest } = column("time", ["2024-03-31", "2024-03-31T02:30"], "Europe/Berlin");
  assert.equal(rest, { type: "time", name: "c", zoned: false });
  assert.equal(values, [Date.UTC(2024, 2, 31), Date.UTC(2024, 2, 31, 2, 30)]);
});

test("an offset makes a column of instants, and the rest is read in the dashboard's zone", () => {
  const { values, ...rest } = column("time", ["2024-07-01T00:00:00Z", "2024-07-01"], "America/New_York");
  assert.equal(rest, { type: "time", name: "c", zoned: true });
  assert.equal(values, [Date.UTC(2024, 6, 1), Date.UTC(2024, 6, 1, 4)]);
});

const orders = source(
  ["region", "orders", "paid", ["day", "time"]],
  [
    ["IN", 1, true, "2024-01-01"],
    ["US", 2, false, "2024-01-02"],
    ["IN", 3, null, null],
    [null, null, true, "2024-01-03"],
  ],
);

const kept = (binding: Binding) => valuesOf(read(orders, binding).columns[1]);

for (const [words, binding, expected] of [
  ["nothing", {}, [1, 2, 3, Number.NaN]],
  ["null", { region: null }, [1, 2, 3, Number.NaN]],
  ["a name that is no column", { country: "IN" }, [1, 2, 3, Number.NaN]],
  ["a string", { region: "IN" }, [1, 3]],
  ["a number", { orders: 2 }, [2]],
  ["a boolean", { paid: true }, [1, Number.NaN]],
  ["a list", { region: ["US", "XX"] }, [2]],
  ["an empty list", { region: [] }, []],
  ["two columns", { region: "IN", paid: true }, [1]],
  ["a value that no row has", { region: "XX" }, []],
  ["a value of another type", { orders: "2" }, []],
  ["a number for a column of strings", { region: 5 }, []],
  ["a string for a column of times", { day: "2024-01-01" }, []],
  ["a date", { day: { kind: "date", iso: "2024-01-02" } }, [2]],
  ["an instant", { day: { kind: "instant", epochMs: Date.UTC(2024, 0, 2) } }, [2]],
  [
    "a range, its end excluded",
    {
      day_from: { kind: "instant", epochMs: Date.UTC(2024, 0, 1) },
      day_to: { kind: "instant", epochMs: Date.UTC(2024, 0, 3) },
      day_bucket: "day",
    },
    [1, 2],
  ],
] as readonly [string, Binding, readonly number[]][]) {
  test(`bound to ${words}, the right rows are kept`, () => {
    assert.equal(kept(binding), expected);
  });
}

test("a date keeps the instants of that day in the dashboard's zone", () => {
  const instants = source([["at", "time"]], [["2024-07-01T03:59:59Z"], ["2024-07-01T04:00:00Z"]]);
  const frame = read(instants, { at: { kind: "date", iso: "2024-07-01" } }, "America/New_York");
  assert.equal(valuesOf(frame.columns[0]), [Date.UTC(2024, 6, 1, 4)]);
});

test("a range meets wall clocks at its own zone's reading", () => {
  const days = source([["day", "time"]], [["2024-06-30"], ["2024-07-01"]]);
  const from = { kind: "instant", epochMs: Date.UTC(2024, 6, 1, 4) } as const;
  assert.equal(valuesOf(read(days, { day_from: from }, "America/New_York").columns[0]), [Date.UTC(2024, 6, 1)]);
});

test("rows beyond the cap are left out after filtering, and the frame says so", () => {
  const frame = read(orders, { region: "IN" }, "UTC", 1);
  assert.equal([frame.length, frame.truncated, valuesOf(frame.columns[1])], [1, true, [1]]);
  assert.is(read(orders, { region: "US" }, "UTC", 1).truncated, false);
});

test("a column called like a property of objects is a column", () => {
  const frame = read(source(["constructor", "__proto__"], [["a", "b"]]), Object.create(null));
  assert.equal(frame.columns.map(valuesOf), [["a"], ["b"]]);
});

test.run();
