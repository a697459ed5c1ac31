import * as assert from "uvu/assert";
import { type AdmissionOptions, createAdmission } from "../../src/limit/admission.ts";
import { suite } from "../harness.ts";

const test = suite("admission");

/** An event loop of which each turn takes the CPU time that is due: what was begun, each the same. */
function createLoop(options: Partial<AdmissionOptions> & { readonly eachMs?: number } = {}) {
  const { eachMs = 2 } = options;
  let cpuMs = 0;
  let due: (() => void)[] = [];
  let begun = 0;
  const admission = createAdmission({
    ...{ maxInFlight: 10_000, turnMs: 10, rushMs: 250, standingMs: 100, calmMs: 1_000 },
    ...options,
    // As Linux counts it.
    cpuMs: () => Math.floor(cpuMs / 4) * 4,
    wallMs: () => cpuMs,
    nextTurn: (callback) => due.push(callback),
    later: (callback) => due.push(callback),
  });
  const waits: number[] = [];
  const counts = { begun: 0, refused: 0 };
  const ask = (isGone = () => false) => {
    const sinceMs = cpuMs;
    return admission.enter(isGone).then((place) => {
      if (place === undefined) counts.refused += 1;
      else {
        counts.begun += 1;
        begun += 1;
        waits.push(cpuMs - sinceMs);
        place[Symbol.dispose]();
      }
    });
  };
  const turn = async () => {
    const callbacks = due;
    due = [];
    for (const callback of callbacks) callback();
    await new Promise((resolve) => setImmediate(resolve));
    cpuMs += Math.max(0.5, begun * eachMs);
    begun = 0;
  };
  const spend = (ms: number) => {
    cpuMs += ms;
  };
  return { admission, ask, turn, spend, counts, waits, cpuMs: () => cpuMs };
}

test("what there is room for begins in the next turn, in the order of arrival", async () => {
  const { admission, turn } = createLoop();
  const order: number[] = [];
  for (const at of [1, 2, 3]) admission.enter(() => false).then((place) => place && order.push(at));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(order, []);
  await turn();
  assert.equal(order, [1, 2, 3]);
});

test("a rush is let in whole, no faster than it is got through", async () => {
  const { ask, turn, counts, waits } = createLoop();
  for (let count = 0; count < 100; count += 1) ask();
  for (let turns = 0; turns < 100; turns += 1) await turn();
  assert.equal(counts, { begun: 100, refused: 0 });
  assert.ok(Math.max(...waits) > 100, "they were all begun at once");
});

test("offered three times what it can do, it does all it can, and what it takes begins soon", async () => {
  const eachMs = 0.5;
  const { ask, turn, counts, waits, cpuMs } = createLoop({ eachMs });
  let arrived = 0;
  while (cpuMs() < 10_000) {
    for (; arrived < (cpuMs() / eachMs) * 3; arrived += 1) ask();
    await turn();
  }
  const could = 10_000 / eachMs;
  assert.ok(counts.begun > could * 0.95, `${counts.begun} of ${could} were begun`);
  assert.ok(counts.refused > could * 1.8, `${counts.refused} were refused`);
  const [slowest, usual] = [Math.max(...waits), waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)]!];
  assert.ok(slowest < 400, `one waited ${slowest} ms`);
  assert.ok(usual < 150, `the usual wait was ${usual} ms`);
});

test("those who begin have twice the time that refusing takes, which is not charged to them", async () => {
  const [eachMs, refusalMs] = [0.5, 0.1];
  const { ask, turn, counts, spend, cpuMs } = createLoop({ eachMs });
  while (cpuMs() < 10_000) {
    // More than could be refused in all the time that there is, of which each turn takes in so many.
    for (let arrived = 0; arrived < 100; arrived += 1) {
      const before = counts.refused;
      ask();
      // A refusal is there at once.
      await null;
      if (counts.refused > before) spend(refusalMs);
    }
    await turn();
  }
  assert.ok(counts.refused > 10_000, `${counts.refused} were refused`);
  const ratio = (counts.begun * eachMs) / (counts.refused * refusalMs);
  assert.ok(ratio > 1.8 && ratio < 2.2, `${ratio}`);
});

test("so many as ask at once wait, whatever they cost", async () => {
  const { ask, turn, counts } = createLoop({ eachMs: 20 });
  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 24; count += 1) ask();
    for (let turns = 0; turns < 80; turns += 1) await turn();
  }
  assert.equal(counts, { begun: 120, refused: 0 });
});

test("an office that opens a page together waits, whatever that costs, unless there is overload", async () => {
  const { ask, turn, counts } = createLoop({ eachMs: 20 });
  const openTogether = async () => {
    for (let count = 0; count < 64; count += 1) ask();
    for (let turns = 0; turns < 200; turns += 1) await turn();
  };
  await openTogether();
  await openTogether();
  assert.equal(counts, { begun: 128, refused: 0 });
  for (let count = 0; count < 65; count += 1) ask();
  for (let count = 0; count < 40; count += 1) ask();
  for (let turns = 0; turns < 20; turns += 1) await turn();
  assert.ok(counts.refused > 20, "more waited than an office");
  const { refused } = counts;
  await openTogether();
  assert.ok(counts.refused > refused, "more waited than in overload");
});

test("all streams of a connection are let in that always has some, as long as that takes no longer than a rush", async () => {
  const { ask, turn, counts } = createLoop({ eachMs: 1.5 });
  const isGoingOn = () => counts.begun + counts.refused < 5_000;
  const again = (): Promise<void> => ask().then(() => (isGoingOn() ? again() : undefined));
  const all = Promise.all(Array.from({ length: 100 }, again));
  while (isGoingOn()) await turn();
  for (let turns = 0; turns < 200; turns += 1) await turn();
  await all;
  assert.is(counts.refused, 0);
});

test("when the overload is over nobody is refused any more", async () => {
  const { ask, turn, counts, cpuMs } = createLoop();
  for (; cpuMs() < 2_000; await turn()) for (let count = 0; count < 15; count += 1) ask();
  for (const endMs = cpuMs() + 300; cpuMs() < endMs; ) await turn();
  const { refused } = counts;
  assert.ok(refused > 0);
  for (let round = 0; round < 200; round += 1) {
    for (let count = 0; count < 3; count += 1) ask();
    await turn();
  }
  assert.is(counts.refused, refused);
});

test("a process that was stopped answers what came meanwhile", async () => {
  const { ask, turn, counts } = createLoop();
  for (let count = 0; count < 20; count += 1) ask();
  // Its clock of CPU time stands still while it is stopped.
  for (let count = 0; count < 50; count += 1) ask();
  for (let turns = 0; turns < 50; turns += 1) await turn();
  assert.equal(counts, { begun: 70, refused: 0 });
});

test("whoever has left begins nothing, and takes nobody's turn", async () => {
  const { ask, turn, counts } = createLoop({ eachMs: 10 });
  for (let count = 0; count < 15; count += 1) ask(() => true);
  ask();
  await turn();
  assert.equal(counts, { begun: 1, refused: 15 });
});

test("no more are at work at once than may be", async () => {
  const { admission, turn } = createLoop({ maxInFlight: 2 });
  const asked = [1, 2, 3].map(() => admission.enter(() => false));
  await turn();
  const places = await Promise.all(asked);
  assert.equal(
    places.map((place) => place !== undefined),
    [true, true, false],
  );
  places[0]![Symbol.dispose]();
  places[0]![Symbol.dispose]();
  const again = [1, 2].map(() => admission.enter(() => false));
  await turn();
  assert.equal(
    (await Promise.all(again)).map((place) => place !== undefined),
    [true, false],
  );
});

test.run();
