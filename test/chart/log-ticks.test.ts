import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { createVoices } from "../../src/chart/intl.ts";
import { createValueAxis, rangeOf } from "../../src/chart/value-axis.ts";
import { suite } from "../harness.ts";

const test = suite("logarithmic value axis");
const voice = createVoices()({ locale: "en-US", timezone: "UTC" });
const axisOf = (values: readonly number[], unit = "number", count = 5) =>
  createValueAxis(rangeOf([values], "log"), count, { unit, decimals: undefined }, voice, "log");
const labels = (axis: ReturnType<typeof axisOf>) =>
  axis.ticks.map(({ label }) => label.replace("\u00a0", " ")).join(", ");

test("ticks stand at powers of ten, each label on its own scale", () => {
  assert.is(labels(axisOf([3, 800_000])), "1, 10, 100, 1,000, 10k, 100k, 1M");
  assert.is(labels(axisOf([20, 9e13], "bytes")), "10 B, 10 kB, 10 MB, 10 GB, 10 TB, 10,000 TB");
  assert.is(labels(axisOf([0.001, 0.9], "ratio")), "0.1%, 1%, 10%, 100%");
});

test("few decades have doubles and fives, sizes within a factor of two are evenly spaced", () => {
  assert.is(labels(axisOf([57, 420], "ms")), "50 ms, 100 ms, 200 ms, 500 ms");
  assert.is(labels(axisOf([100, 150])), "100, 110, 120, 130, 140, 150");
});

test("durations are round on a clock", () => {
  assert.is(labels(axisOf([2, 300_000], "s", 8)), "1 s, 10 s, 60 s, 10 min, 60 min, 10 h, 24 h, 10 d");
});

test("many decades are told by every so many", () => {
  const axis = axisOf([1e-9, 1e12]);
  assert.ok(axis.ticks.length >= 4 && axis.ticks.length <= 8, labels(axis));
});

test("a value stands by its ratio, and zero and below nowhere", () => {
  const axis = axisOf([1, 1e4], "number", 4);
  assert.is(axis.scale, "log");
  assert.equal([axis.from, axis.to], [1, 1e4]);
  assert.ok(Math.abs(axis.at(100) - 0.5) < 1e-12);
  assert.ok(Number.isNaN(axis.at(0)) && Number.isNaN(axis.at(-5)) && Number.isNaN(axis.at(Number.NaN)));
});

test("values without a place do not count, and nothing at all has an axis", () => {
  assert.equal(rangeOf([[-5, 0, 2, 8]], "log"), { min: 2, max: 8, isWhole: true });
  assert.is(labels(axisOf([0, -3])), "1, 2, 5, 10");
});

test("any values give few, distinct ticks, ascending, that hold them all", () => {
  const value = fc.oneof(fc.double({ min: 1e-290, max: 1e300, noNaN: true }), fc.constantFrom(1e-290, 1e300));
  const values = fc.array(value, { minLength: 1, maxLength: 5 });
  const units = fc.constantFrom("number", "short", "bytes", "s", "ms", "min", "percent", "ratio", "usd");
  fc.assert(
    fc.property(values, units, fc.integer({ min: 2, max: 8 }), (values, unit, count) => {
      const axis = axisOf(values, unit, count);
      // Round steps are at most 1.6 times as many as asked for, and one more stands at either end.
      assert.ok(axis.ticks.length >= 2 && axis.ticks.length <= 15, `${axis.ticks.length} ticks`);
      for (const [index, { at, label }] of axis.ticks.entries()) {
        assert.ok(index === 0 ? at === 0 : at > axis.ticks[index - 1]!.at);
        assert.not.match(label, /NaN|∞/);
      }
      for (const value of values) {
        assert.ok(axis.from <= value * (1 + 1e-8) && axis.to >= value * (1 - 1e-8), `${value} beyond its axis`);
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
