import fc from "fast-check";
import * as assert from "uvu/assert";
import { trimPlotted } from "../../src/render/trim-digits.ts";
import { suite } from "../harness.ts";

const test = suite("the digits of plotted numbers");

/** By writing and reading, which takes ten times as long. */
const written = (value: number) => Number(Math.abs(value) < 1000 ? value.toPrecision(7) : value.toFixed(4));

test("arithmetic trims to the same number as writing it does", () => {
  const sizes = fc.integer({ min: -5, max: 10 }).map((exponent) => 10 ** exponent);
  const averages = fc.tuple(fc.double({ min: -10, max: 10, noNaN: true }), sizes).map(([value, size]) => value * size);
  const decimals = fc
    .tuple(fc.integer(), fc.integer({ min: 0, max: 9 }))
    .map(([whole, places]) => whole / 10 ** places);
  // Just beside the middle between two numbers, and on it.
  const middles = fc.tuple(fc.integer(), fc.integer({ min: 3, max: 8 }), fc.integer({ min: -3, max: 3 }));
  const near = middles.map(([whole, places, ulps]) => ((whole + 0.5) / 10 ** places) * (1 + ulps * Number.EPSILON));
  fc.assert(
    fc.property(fc.oneof(averages, decimals, near), (value) => Object.is(trimPlotted(value), written(value))),
    { numRuns: 20_000 },
  );
});

test("seven digits are left, and four decimals", () => {
  const trimmed = [123.456_789_1, -0.123_456_78, 99_999.999_96, 0.000_012_345_678, 1e300 / 3].map(trimPlotted);
  assert.equal(trimmed, [123.4568, -0.123_456_8, 100_000, 0.000_012_345_68, 1e300 / 3]);
});

test.run();
