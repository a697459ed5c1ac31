import * as assert from "uvu/assert";
import type { FilterSpec } from "../../src/definition/settle-filter.ts";
import type { Frame } from "../../src/frame/frame.ts";
import { frameToOptions } from "../../src/render/offered-options.ts";
import { suite } from "../harness.ts";

const test = suite("offered options");

const frame: Frame = {
  columns: [
    { type: "string", name: "code", values: ["IN", null, "US", "IN", ""] },
    { type: "string", name: "name", values: ["India", "Nobody", null, "Bharat", "Empty"] },
    { type: "number", name: "n", values: Float64Array.of(3, Number.NaN, -0.5, 3, 1e21) },
    { type: "time", name: "day", values: Float64Array.of(0, Number.NaN, 86_400_000, 0, 1), zoned: false },
    { type: "boolean", name: "on", values: [true, false, null, true, true] },
  ],
  length: 5,
  truncated: false,
};

const specOf = (type: FilterSpec["type"], column: string, label = ""): FilterSpec => ({
  name: "f",
  type,
  title: "F",
  many: false,
  required: false,
  options: [],
  optionsFrom: { datasource: "d", column, label },
});

test("each different value is offered once, in the order of the rows, under its first words", () => {
  assert.equal(frameToOptions(frame, specOf("string", "code", "name")), [
    { text: "IN", words: "India" },
    { text: "US", words: "US" },
  ]);
});

test("numbers and dates are offered as a form sends them", () => {
  assert.equal(
    frameToOptions(frame, specOf("number", "n")).map(({ text }) => text),
    ["3", "-0.5", "1e+21"],
  );
  assert.equal(
    frameToOptions(frame, specOf("date", "day")).map(({ text }) => text),
    ["1970-01-01", "1970-01-02"],
  );
});

test("a column that is missing or of another type offers nothing", () => {
  assert.equal(frameToOptions(frame, specOf("string", "gone")), []);
  assert.equal(frameToOptions(frame, specOf("string", "n")), []);
  assert.equal(frameToOptions(frame, specOf("number", "code")), []);
});

test("no more than 500 are offered, and none that no filter takes", () => {
  const values = ["x".repeat(1025), ...Array.from({ length: 600 }, (_, at) => `v${at}`)];
  const many: Frame = { columns: [{ type: "string", name: "code", values }], length: 601, truncated: false };
  const offered = frameToOptions(many, specOf("string", "code"));
  assert.is(offered.length, 500);
  assert.is(offered[0]?.text, "v0");
});

test.run();
