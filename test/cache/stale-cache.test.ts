import { setImmediate } from "node:timers/promises";
import { equal, is } from "uvu/assert";
import { createByteCache } from "../../src/cache/byte-cache.ts";
import { createStaleCache } from "../../src/cache/stale-cache.ts";
import { suite } from "../harness.ts";

const test = suite("the stale cache");

const kib = 1024;
const startMs = 1_767_225_600_000;

/** A cache whose loads give their number, wait for the gate and fail as told. A value is fresh for 10 s and shown for 60 s. */
function start({ maxBytes = 1024 * kib, patienceMs = 0 } = {}) {
  const state = { ms: startMs, loads: 0, fails: false, gate: Promise.resolve() };
  const now = () => state.ms;
  const cache = createStaleCache({ cache: createByteCache({ maxBytes, now }), now, patienceMs });
  const ask = async (key = "x", { tenant = "a", bytes = kib, freshMs = 10_000, maxStaleMs = 60_000 } = {}) => {
    const load = async () => {
      state.loads += 1;
      const value = { n: state.loads };
      await state.gate;
      if (state.fails) throw new RangeError("down");
      return { value, bytes };
    };
    const explain = (error: unknown) => (error as Error).message;
    const answer = await cache.ask({ tenant, key }, { load, explain, freshMs, maxStaleMs });
    return answer.ok ? [answer.value.n, (answer.asOfMs - startMs) / 1000, answer.stale] : answer.failure;
  };
  /** Moves the clock to so many seconds after the start, once what goes on in the background is over. */
  const at = async (s: number) => {
    await setImmediate();
    state.ms = startMs + s * 1000;
  };
  return { state, ask, at };
}

/** A gate that is shut, and how to open it. */
function gate() {
  return Promise.withResolvers<void>();
}

test("a value is fresh for its time, then shown while it is loaded anew, once", async () => {
  const { state, ask, at } = start();
  equal(await ask(), [1, 0, false]);
  await at(9.999);
  equal(await ask(), [1, 0, false]);
  is(state.loads, 1);
  await at(10);
  const { promise, resolve } = gate();
  state.gate = promise;
  equal(await Promise.all([ask(), ask()]), Array(2).fill([1, 0, true]));
  await at(12);
  equal(await ask(), [1, 0, true], "it does not wait for the load");
  is(state.loads, 2);
  resolve();
  await at(13);
  equal(await ask(), [2, 10, false], "as old as the question");
  is(state.loads, 2);
});

test("whoever can wait a moment is given the new value, and the old one where it takes longer or fails", async () => {
  const { state, ask, at } = start({ patienceMs: 50 });
  await ask();
  await at(10);
  equal(await ask(), [2, 10, false]);
  await at(20);
  const { promise, resolve } = gate();
  state.gate = promise;
  equal(await ask(), [2, 10, true], "too slow");
  resolve();
  await at(30);
  equal(await ask(), [4, 30, false]);
  await at(40);
  state.fails = true;
  equal(await ask(), [4, 30, true], "failed");
});

test("a load that fails leaves the value to be shown up to its bound, to the millisecond", async () => {
  const { state, ask, at } = start();
  await ask();
  state.fails = true;
  for (const s of [10, 30, 59.999]) {
    await at(s);
    equal(await ask(), [1, 0, true]);
  }
  await at(60);
  is(await ask(), "down");
  state.fails = false;
  await at(62);
  equal(await ask(), [5, 62, false]);
});

test("without a bound beyond its time only what is fresh is shown", async () => {
  for (const maxStaleMs of [0, 10_000]) {
    const { state, ask, at } = start();
    await ask("x", { maxStaleMs });
    await at(10);
    equal(await ask("x", { maxStaleMs }), [2, 10, false]);
    state.fails = true;
    await at(20);
    is(await ask("x", { maxStaleMs }), "down");
  }
});

test("a failure stands for two seconds, for those who have nothing and for those who have something old", async () => {
  const { state, ask, at } = start();
  await ask("old");
  state.fails = true;
  await at(10);
  equal([await ask("old"), await ask("new")], [[1, 0, true], "down"]);
  await at(11.999);
  equal([await ask("old"), await ask("new")], [[1, 0, true], "down"]);
  is(state.loads, 3);
  state.fails = false;
  await at(12);
  equal(
    [await ask("old"), await ask("new")],
    [
      [1, 0, true],
      [5, 12, false],
    ],
  );
  await at(12);
  equal(await ask("old"), [4, 12, false]);
});

test("whoever comes beyond the bound waits for the load that runs, and is told what comes of it", async () => {
  for (const [fails, expected] of [
    [false, [2, 59, false]],
    [true, "down"],
  ] as const) {
    const { state, ask, at } = start();
    await ask();
    await at(59);
    const { promise, resolve } = gate();
    Object.assign(state, { gate: promise, fails });
    equal(await ask(), [1, 0, true]);
    await at(60);
    const late = ask();
    resolve();
    equal(await late, expected);
    is(state.loads, 2);
  }
});

test("a tenant's value and its failure are no other tenant's", async () => {
  const { state, ask, at } = start();
  await ask("x", { tenant: "a" });
  await at(10);
  state.fails = true;
  is(await ask("x", { tenant: "b" }), "down");
  equal(await ask("x", { tenant: "a" }), [1, 0, true]);
  is(state.loads, 3, "the one's failure is not the other's");
});

test("when the clock is set back, neither a value nor a failure from before it counts", async () => {
  const { state, ask, at } = start();
  await at(20);
  await ask();
  await at(19);
  equal(await ask(), [2, 19, false]);
  state.fails = true;
  await at(30);
  is(await ask("y"), "down");
  state.fails = false;
  await at(29);
  equal(await ask("y"), [4, 29, false]);
});

test("what was loaded while the clock was set back is given to who waits, and not kept", async () => {
  const { state, ask, at } = start();
  await at(100);
  const { promise, resolve } = gate();
  state.gate = promise;
  const waiting = ask();
  await at(50);
  resolve();
  equal(await waiting, [1, 100, false]);
  await at(101);
  equal(await ask(), [2, 101, false]);
});

test("what is stale counts in the bound, and is forgotten for what is used more", async () => {
  const { state, ask, at } = start({ maxBytes: 100 * kib });
  await ask("old", { bytes: 20 * kib });
  await at(10);
  for (const key of ["1", "2"]) await ask(key, { bytes: 20 * kib });
  state.fails = true;
  is(await ask("old"), "down");
});

test("a value that is forgotten while a load fails does not return", async () => {
  const { state, ask, at } = start({ maxBytes: 100 * kib });
  await ask("old", { bytes: 20 * kib });
  await at(10);
  const { promise, resolve } = gate();
  state.gate = promise;
  equal(await ask("old"), [1, 0, true]);
  state.gate = Promise.resolve();
  for (const key of ["1", "2"]) await ask(key, { bytes: 20 * kib });
  state.fails = true;
  resolve();
  await at(11);
  is(await ask("old"), "down");
});

test.run();
