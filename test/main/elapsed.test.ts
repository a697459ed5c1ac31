import * as assert from "uvu/assert";
import { createElapsed } from "../../src/main/elapsed.ts";
import { suite } from "../harness.ts";

const test = suite("elapsed time");

function start() {
  const clock = { monotonicMs: 5_000, wallMs: 1_800_000_000_000 };
  const elapsedMs = createElapsed({ monotonicMs: () => clock.monotonicMs, wallMs: () => clock.wallMs });
  const beginMs = elapsedMs();
  /** Lets both clocks go on, and says how much time has passed in all. */
  const pass = (monotonicMs: number, wallMs: number) => {
    clock.monotonicMs += monotonicMs;
    clock.wallMs += wallMs;
    return elapsedMs() - beginMs;
  };
  return { pass };
}

test("it is what the monotonic clock says, however often it is asked", () => {
  const { pass } = start();
  let passedMs = 0;
  for (let ms = 0; ms < 1_000; ms += 1) passedMs = pass(0.5, ms % 2);
  assert.is(passedMs, 500);
});

test("a sleep of the machine counts, in which the monotonic clock stands still", () => {
  const { pass } = start();
  assert.is(pass(10, 10), 10);
  assert.is(pass(0, 3_600_000), 3_600_010);
  assert.is(pass(10, 10), 3_600_020);
});

test("a clock that is set back takes nothing away, nor does it count twice when it is set right", () => {
  const { pass } = start();
  assert.is(pass(10, -7_200_000), 10);
  assert.is(pass(10, 7_200_010), 20);
});

test.run();
