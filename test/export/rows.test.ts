import type { ConnectError } from "@connectrpc/connect";
import * as assert from "uvu/assert";
import { reasonOf } from "../../src/errors/answer.ts";
import { frameToCsv } from "../../src/export/csv.ts";
import { attachmentOf } from "../../src/export/file-name.ts";
import { frameToJson } from "../../src/export/json-rows.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { suite } from "../harness.ts";

/** A panel's rows as files. */
const test = suite("export: rows");

function finish(steps: Generator<undefined, string>): string {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

function frameOf(...columns: Column[]): Frame {
  return { columns, length: columns[0]?.values.length ?? 0, truncated: false };
}

const words = (name: string, ...values: (string | null)[]): Column => ({ type: "string", name, values });
const numbers = (name: string, ...values: number[]): Column => ({
  type: "number",
  name,
  values: Float64Array.from(values),
});
const times = (name: string, zoned: boolean, ...values: number[]): Column => ({
  type: "time",
  name,
  zoned,
  values: Float64Array.from(values),
});

const all = frameOf(
  times("at", true, Date.UTC(2026, 0, 31, 9, 30), Number.NaN),
  times("day", false, Date.UTC(2026, 0, 31), Date.UTC(1969, 11, 31)),
  times("clock", false, Date.UTC(2026, 0, 31, 9, 30, 0, 5), 8.7e15),
  words("name", 'a "b", c', null),
  numbers("n", 0.1, Number.NaN),
  { type: "boolean", name: "ok", values: [true, null] },
  { type: "numbers", name: "line", values: [Float64Array.of(1, Number.NaN), null] },
);

test("CSV has a line for the names and one for each row, and nothing where there is no value", () => {
  const lines = [
    "at,day,clock,name,n,ok,line",
    '2026-01-31T09:30:00Z,2026-01-31,2026-01-31T09:30:00.005,"a ""b"", c",0.1,true,"[1,null]"',
    ",1969-12-31,,,,,",
  ];
  assert.is(finish(frameToCsv(all)), lines.map((line) => `${line}\r\n`).join(""));
});

test("JSON has an object for each row, and null where there is no value", () => {
  const first = {
    at: "2026-01-31T09:30:00Z",
    day: "2026-01-31",
    clock: "2026-01-31T09:30:00.005",
    name: 'a "b", c',
    n: 0.1,
    ok: true,
    line: [1, null],
  };
  const second = { at: null, day: "1969-12-31", clock: null, name: null, n: null, ok: null, line: null };
  assert.equal(JSON.parse(finish(frameToJson(all))), [first, second]);
});

test("numbers keep every digit that their source gave", () => {
  const frame = frameOf(
    numbers("n", 0.1 + 0.2, -0, 1e21, 5e-324, 2 ** 53),
    words("exact", "123456789012345678901", "-0.10000000000000000001", "1", "2", "3"),
  );
  const csv =
    "n,exact\r\n0.30000000000000004,123456789012345678901\r\n0,-0.10000000000000000001\r\n" +
    "1e+21,1\r\n5e-324,2\r\n9007199254740992,3\r\n";
  assert.is(finish(frameToCsv(frame)), csv);
  assert.match(finish(frameToJson(frame)), '{"n":0.30000000000000004,"exact":"123456789012345678901"}');
});

test("no word of a CSV is a formula to a spreadsheet, its columns' names included", () => {
  const hostile = ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "-5", "-5.5e3", "a=1"];
  const [head, ...rows] = finish(frameToCsv(frameOf(words("=x", ...hostile)))).split("\r\n");
  assert.is(head, "'=x");
  const expected = ["'=1+1", "'+1", "'-1+cmd|' /C calc'!A0", "'@SUM(A1)", "'\t=1", '"\'\r=1"', "-5", "-5.5e3", "a=1"];
  assert.equal(rows, [...expected, ""]);
});

test("an empty word is told from none, and a column alone has no empty lines", () => {
  assert.is(finish(frameToCsv(frameOf(words("a", "", null), words("b", "x", null)))), 'a,b\r\n"",x\r\n,\r\n');
  assert.is(finish(frameToCsv(frameOf(words("a", "x", null)))), 'a\r\nx\r\n""\r\n');
});

test("names that repeat or mean something to JavaScript are keys like any other", () => {
  const json = finish(frameToJson(frameOf(words("__proto__", "a"), words("b", "1"), words("b", "2"))));
  assert.is(json, '[\n{"__proto__":"a","b":"1"}\n]\n');
  assert.is(finish(frameToJson(frameOf())), "[]\n");
});

test("many rows are written in turns", () => {
  const steps = frameToCsv(frameOf(numbers("n", ...Array.from({ length: 10_000 }, (_, index) => index))));
  let turns = 0;
  while (steps.next().done !== true) turns += 1;
  assert.ok(turns >= 40);
});

test("names that are repeated a thousandfold do not fill the memory", () => {
  const steps = frameToJson(frameOf(numbers("n".repeat(40_000), ...Array.from({ length: 1_000 }, () => 1))));
  assert.throws(
    () => finish(steps),
    (error: unknown) => reasonOf(error as ConnectError) === "INVALID_REQUEST",
  );
});

test("a file is named by what it shows, and by nothing that a file system or a header could misread", () => {
  assert.is(attachmentOf(["orders", "by-day"], "csv"), 'attachment; filename="orders-by-day.csv"');
  assert.is(attachmentOf(["orders", ""], "png"), 'attachment; filename="orders.png"');
  assert.is(attachmentOf(['../a"\r\nx: y', ""], "png"), 'attachment; filename="axy.png"');
  assert.is(attachmentOf(["", ""], "png"), 'attachment; filename="export.png"');
});

test.run();
