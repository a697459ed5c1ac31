import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { bucketsFor, downsample } from "../../src/chart/downsample.ts";
import { suite } from "../harness.ts";

const test = suite("downsample");
const evenly = (count: number) => Array.from({ length: count }, (_, index) => index / (count - 1));

test("few points are all drawn", () => {
  assert.equal(downsample(evenly(5), [1, 2, 3, 4, 5], 500), [0, 1, 2, 3, 4]);
});

test("a spike of one point in a hundred thousand stays", () => {
  const values = Array.from({ length: 100_000 }, (_, index) => (index === 77_777 ? 900 : index % 7));
  const kept = downsample(evenly(values.length), values, bucketsFor(1));
  assert.ok(kept.includes(77_777));
  assert.ok(kept.length <= 2500, `${kept.length} points`);
});

test("a gap stays", () => {
  const values = Array.from({ length: 10_000 }, (_, index) => (index >= 4000 && index < 6000 ? Number.NaN : 1));
  const kept = downsample(evenly(values.length), values, 500);
  assert.ok(kept.some((index) => Number.isNaN(values[index]!)));
});

test("the values beside a gap stay", () => {
  const values = Array.from({ length: 10_000 }, (_, index) => (index % 400 >= 395 ? Number.NaN : index % 7));
  const kept = downsample(evenly(values.length), values, 100);
  assert.ok(kept.includes(394) && kept.includes(400), "the last before the first gap, the first behind it");
  assert.ok(kept.includes(9994), "the last of all");
});

test("points that stand in any unit, even beyond what a difference can hold, are all reached", () => {
  const at = Array.from({ length: 5000 }, (_, index) => (index < 2500 ? -1.7e308 : 1.7e308));
  const kept = downsample(at, at, 10);
  assert.is(kept[0], 0);
  assert.is(kept.at(-1), 4999);
  assert.ok(kept.includes(2499) && kept.includes(2500));
});

test("extremes and ends of any series stay, in order", () => {
  const numbers = fc.array(fc.oneof(fc.integer(), fc.constant(Number.NaN)), { minLength: 50, maxLength: 400 });
  fc.assert(
    fc.property(numbers, (values) => {
      const kept = downsample(evenly(values.length), values, 5);
      const known = values.filter((value) => !Number.isNaN(value));
      const drawn = kept.map((index) => values[index]!).filter((value) => !Number.isNaN(value));
      assert.is(Math.max(...drawn), Math.max(...known));
      assert.is(Math.min(...drawn), Math.min(...known));
      assert.is(kept[0], 0);
      assert.is(kept.at(-1), values.length - 1);
      assert.ok(kept.every((index, place) => place === 0 || index > kept[place - 1]!));
    }),
  );
});

test.run();
