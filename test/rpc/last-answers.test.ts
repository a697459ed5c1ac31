import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { fault } from "../../src/errors/fault.ts";
import { createLastAnswers } from "../../src/rpc/last-answers.ts";
import { suite } from "../harness.ts";

const test = suite("last answers");

/** A store that says what it is told to, and a clock that stands still unless moved. */
function start(staleMs = 600_000) {
  const state = { nowMs: 0, asked: 0, answer: async (): Promise<number | undefined> => 1 };
  const answers = createLastAnswers<number>({
    ask: () => {
      state.asked += 1;
      return state.answer();
    },
    freshMs: 1_000,
    staleMs,
    max: 10,
    elapsedMs: () => state.nowMs,
  });
  return { state, answers };
}

const down = async () => {
  throw fault("DEPENDENCY_DOWN", "down");
};

test("whoever asks at the same time, and in the next second, waits for one question", async () => {
  const { state, answers } = start();
  assert.equal(await Promise.all([answers.get("a", "x"), answers.get("a", "x")]), [1, 1]);
  state.nowMs = 999;
  await answers.get("a", "x");
  assert.is(state.asked, 1);
  state.nowMs = 1_000;
  await answers.get("a", "x");
  assert.is(state.asked, 2);
});

test("the same id of another tenant is another question", async () => {
  const { state, answers } = start();
  await answers.get("a", "x");
  await answers.get("b", "x");
  assert.is(state.asked, 2);
});

test("that there is nothing is not remembered", async () => {
  const { state, answers } = start();
  state.answer = async () => undefined;
  assert.is(await answers.get("a", "x"), undefined);
  state.answer = async () => 2;
  assert.is(await answers.get("a", "x"), 2);
});

test("while the store is down the last answer serves, as long as it may", async () => {
  const { state, answers } = start();
  await answers.get("a", "x");
  state.answer = down;
  state.nowMs = 599_999;
  assert.is(await answers.get("a", "x"), 1);
  state.nowMs = 600_000;
  assert.is(await answers.get("a", "x").catch(() => "refused"), "refused");
});

test("an answer that may not be stale is refused while the store is down", async () => {
  const { state, answers } = start(0);
  await answers.get("a", "x");
  state.answer = down;
  state.nowMs = 1_000;
  assert.is(await answers.get("a", "x").catch(() => "refused"), "refused");
});

test("a store that does not answer in time is not waited for where the last answer serves", async () => {
  const { state, answers } = start();
  await answers.get("a", "x");
  state.answer = () => new Promise(() => {});
  state.nowMs = 1_000;
  assert.is(await answers.get("a", "x"), 1);
});

test("an answer is as old as its question", async () => {
  const { state, answers } = start();
  state.answer = async () => {
    state.nowMs += 900;
    return 1;
  };
  await answers.get("a", "x");
  state.nowMs = 1_000;
  await answers.get("a", "x");
  assert.is(state.asked, 2);
});

test("what is forgotten is asked anew, and an answer from before does not come back", async () => {
  const { state, answers } = start();
  let answerLate = (_: number) => {};
  state.answer = () =>
    new Promise((resolve) => {
      answerLate = resolve;
    });
  const before = answers.get("a", "x");
  answers.forget("a", "x");
  state.answer = async () => 2;
  assert.is(await answers.get("a", "x"), 2);
  answerLate(1);
  assert.is(await before, 1);
  assert.is(await answers.get("a", "x"), 2);
});

/** As `start`, of answers that serve for 40 ms, of which all that are in use are asked for at once. */
function startAll() {
  const state = { nowMs: 0, asked: 0, all: [] as string[], answer: async (): Promise<number | undefined> => 1 };
  const answers = createLastAnswers<number>({
    ask: async () => {
      state.asked += 1;
      return 1;
    },
    askAll: async (asked) => {
      state.all.push(asked.map(({ tenant, id }) => `${tenant}/${id}`).join());
      const answer = await state.answer();
      return asked.map(() => answer);
    },
    freshMs: 40,
    staleMs: 0,
    max: 10,
    elapsedMs: () => state.nowMs,
  });
  const use = async () => {
    for (const tenant of ["a", "b"]) for (let count = 0; count < 2; count += 1) await answers.get(tenant, "x");
  };
  return { state, answers, use };
}

/** Longer than it takes until all are asked for. */
const laterMs = 100;

test("what is in use is asked for again before it is old, all at once, and what is not is left", async () => {
  const { state, answers, use } = startAll();
  await use();
  state.nowMs = 39;
  await sleep(laterMs);
  state.nowMs = 40;
  state.answer = async () => 2;
  assert.equal(await Promise.all([answers.get("a", "x"), answers.get("b", "x")]), [1, 1]);
  assert.is(state.asked, 2, "nobody had to ask");
  assert.equal(state.all, ["a/x,b/x"]);
  await sleep(laterMs);
  assert.equal(state.all, ["a/x,b/x", "a/x,b/x"]);
  assert.is(await answers.get("a", "x"), 2);
  await sleep(laterMs);
  assert.equal(state.all.slice(2), ["a/x"]);
  await sleep(laterMs);
  assert.is(state.all.length, 3);
});

test("where all cannot be asked for at once, each is when it is old", async () => {
  const { state, answers, use } = startAll();
  state.answer = down as () => Promise<never>;
  await use();
  await sleep(laterMs);
  assert.is(state.all.length, 1);
  assert.is(await answers.get("a", "x"), 1);
  state.nowMs = 40;
  assert.is(await answers.get("a", "x"), 1);
  assert.is(state.asked, 3);
});

test("what is gone by then is asked for, and what was forgotten meanwhile does not come back", async () => {
  const { state, answers, use } = startAll();
  let answerLate = (_: number | undefined) => {};
  state.answer = () =>
    new Promise((resolve) => {
      answerLate = resolve;
    });
  await use();
  await sleep(laterMs);
  answers.forget("a", "x");
  answerLate(7);
  await sleep(0);
  assert.equal([await answers.get("a", "x"), await answers.get("b", "x")], [1, 7]);
  assert.is(state.asked, 3);
  await sleep(laterMs);
  answerLate(undefined);
  await sleep(0);
  await answers.get("b", "x");
  assert.is(state.asked, 4);
});

test.run();
