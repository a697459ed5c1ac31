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

test.run();
