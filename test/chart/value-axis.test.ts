import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createVoices } from "../../src/chart/intl.ts";
import { createValueAxis, nearZero, rangeOf, withZero } from "../../src/chart/value-axis.ts";
import { suite } from "../harness.ts";

const test = suite("value axis");
const voice = createVoices()({ locale: "en-US", timezone: "UTC" });
const axisOf = (values: readonly number[], unit = "number", widen = nearZero) =>
  createValueAxis(widen(rangeOf([values])), 5, { unit, decimals: undefined }, voice);
const labels = (axis: ReturnType<typeof axisOf>) => axis.ticks.map(({ label }) => label).join(" ");

test("ticks are round and hold all values", () => {
  assert.is(labels(axisOf([57, 420], "ms")), "0\u00a0ms 100\u00a0ms 200\u00a0ms 300\u00a0ms 400\u00a0ms 500\u00a0ms");
});

test("durations have round ticks in the unit that they are shown in", () => {
  assert.is(labels(axisOf([0, 14_400], "s")), "0\u00a0h 1\u00a0h 2\u00a0h 3\u00a0h 4\u00a0h");
});

test("counts have no ticks between whole numbers", () => {
  assert.is(labels(axisOf([0, 2])), "0 1 2");
});

test("lines far from zero are not flattened by it, bars always start there", () => {
  assert.is(labels(axisOf([310, 420])), "300 320 340 360 380 400 420");
  assert.is(axisOf([310, 420], "number", withZero).ticks[0]!.label, "0");
});

test("one value has room around it, none has an axis all the same", () => {
  assert.is(axisOf([5]).at(5), 0.5);
  assert.is(labels(axisOf([Number.NaN])), "0 0.2 0.4 0.6 0.8 1.0");
});

test("any values give few, distinct ticks and places from 0 to 1", () => {
  const values = fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 1, maxLength: 5 });
  const units = fc.constantFrom("number", "short", "bytes", "s", "ms", "percent", "ratio", "usd");
  fc.assert(
    fc.property(values, units, fc.boolean(), (values, unit, isZero) => {
      const axis = axisOf(values, unit, isZero ? withZero : nearZero);
      assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 14, `${axis.ticks.length} ticks`);
      for (const value of values) assert.ok(axis.at(value) >= 0 && axis.at(value) <= 1);
      assert.ok(axis.ticks.every(({ label }) => !/NaN|∞/.test(label)));
    }),
    { numRuns: 500 },
  );
});

test.run();
