import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { createOpenCounter } from "../../src/rpc/open-counter.ts";
import { suite } from "../harness.ts";

const test = suite("counting the openings of links");

type Written = { tenant: string; shareId: string; opens: number; lastOpenedAtMs: number }[];

function start() {
  const state = { nowMs: 10, fails: false, written: [] as Written[] };
  const countOpens = async (opens: readonly Written[number][]) => {
    if (state.fails) throw new Error("down");
    state.written.push(opens.map((each) => ({ ...each })));
  };
  return {
    state,
    counter: createOpenCounter({ store: { countOpens }, now: () => state.nowMs, log: createLog("silent") }),
  };
}

test("openings of a link are written together, with the last one's time", async () => {
  const { state, counter } = start();
  counter.count("a", "x");
  state.nowMs = 20;
  counter.count("a", "x");
  counter.count("b", "x");
  await counter.close();
  assert.equal(state.written, [
    [
      { tenant: "a", shareId: "x", opens: 2, lastOpenedAtMs: 20 },
      { tenant: "b", shareId: "x", opens: 1, lastOpenedAtMs: 20 },
    ],
  ]);
});

test("what could not be written is written the next time", async () => {
  const { state, counter } = start();
  state.fails = true;
  counter.count("a", "x");
  await counter.close();
  state.fails = false;
  counter.count("a", "x");
  await counter.close();
  assert.equal(state.written, [[{ tenant: "a", shareId: "x", opens: 2, lastOpenedAtMs: 10 }]]);
});

test("nothing is written where nothing was opened", async () => {
  const { state, counter } = start();
  await counter.close();
  assert.equal(state.written, []);
});

test.run();
