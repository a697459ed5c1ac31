import * as assert from "uvu/assert";
import { drawnToMarkup } from "../../src/render/island.ts";
import { suite } from "../harness.ts";

const test = suite("the island");

const numbers = [0.1 + 0.2, 1 / 3, 123.456789012345, 1234.56789012345, 32_921_810.7, 9_007_199_254_740_991];
const column = { title: "n", type: "number", values: numbers } as const;
const axes = { x: { scale: "slots", count: numbers.length } } as const;
const valuesOf = (markup: unknown) => JSON.parse(String(markup)).columns[0].values;

test("a number loses what floating point adds, and nothing else", () => {
  assert.equal(
    valuesOf(drawnToMarkup([column], undefined)),
    [0.3, 0.333333333333, 123.456789012, 1234.56789012, 32_921_810.7, 9_007_199_254_740_991],
  );
});

test("plotted numbers, which are many, keep seven digits and at least four decimals", () => {
  assert.equal(
    valuesOf(drawnToMarkup([column], axes)),
    [0.3, 0.3333333, 123.4568, 1234.5679, 32_921_810.7, 9_007_199_254_740_991],
  );
});

test("a number that is none is no value", () => {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, null, 1];
  assert.equal(valuesOf(drawnToMarkup([{ ...column, values }], axes)), [null, null, null, 1]);
});

test.run();
