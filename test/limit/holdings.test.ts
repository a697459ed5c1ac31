import * as assert from "uvu/assert";
import { createHoldings } from "../../src/limit/holdings.ts";
import { suite } from "../harness.ts";

const test = suite("holdings");

const create = () => createHoldings({ total: 100, perKey: 60, refusal: () => new Error("full") });

test("a key holds no more than its share, however many calls it is", () => {
  const holdings = create();
  const [first, second] = [holdings.open("a"), holdings.open("a")];
  first.add(30);
  second.add(30);
  assert.throws(() => second.add(1), "full");
  first[Symbol.dispose]();
  second.add(30);
});

test("all keys together hold no more than the total", () => {
  const holdings = create();
  const [a, b] = [holdings.open("a"), holdings.open("b")];
  a.add(60);
  b.add(40);
  assert.throws(() => b.add(1), "full");
  assert.throws(() => holdings.open("c").add(1), "full");
  a[Symbol.dispose]();
  b.add(20);
  holdings.open("c").add(40);
});

test("what was refused is not counted", () => {
  const holdings = create();
  const holding = holdings.open("a");
  assert.throws(() => holding.add(61), "full");
  holding.add(60);
});

test("what comes after the end is not counted, and ending twice gives nothing back", () => {
  const holdings = create();
  const [ended, other] = [holdings.open("a"), holdings.open("a")];
  ended.add(20);
  other.add(40);
  ended[Symbol.dispose]();
  ended[Symbol.dispose]();
  ended.add(60);
  other.add(20);
  assert.throws(() => other.add(1), "full");
});

test.run();
