import * as assert from "uvu/assert";
import { fault } from "../../src/errors/fault.ts";
import { createSlots } from "../../src/store/slots.ts";
import { suite } from "../harness.ts";

const test = suite("store: slots");

/** Work that goes on until it is let go. */
function work() {
  const gate = Promise.withResolvers<void>();
  let runs = false;
  return {
    runs: () => runs,
    end: () => gate.resolve(),
    run: () => {
      runs = true;
      return gate.promise;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

const slotsOf = (total: number, perKey: number) =>
  createSlots({ total, perKey, refusal: () => fault("OVERLOADED", "full") });

test("a key that holds all it may waits, and does not keep others from free slots", async () => {
  const slots = slotsOf(3, 2);
  const [a1, a2, a3, b1] = [work(), work(), work(), work()];
  const all = [a1, a2, a3].map((item) => slots.use("a", 1000, item.run));
  all.push(slots.use("b", 1000, b1.run));
  await settle();
  assert.equal(
    [a1, a2, a3, b1].map((item) => item.runs()),
    [true, true, false, true],
  );
  b1.end();
  await settle();
  assert.is(a3.runs(), false);
  a1.end();
  await settle();
  assert.is(a3.runs(), true);
  for (const item of [a2, a3]) item.end();
  await Promise.all(all);
});

test("those who wait are served in turn", async () => {
  const slots = slotsOf(1, 1);
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4].map((i) => slots.use(String(i), 1000, async () => void order.push(i))));
  assert.equal(order, [1, 2, 3, 4]);
});

test("work that fails gives its slot back", async () => {
  const slots = slotsOf(1, 1);
  const failed = await slots.use("a", 1000, () => Promise.reject(new Error("no"))).catch((error) => error.message);
  assert.is(failed, "no");
  assert.is(await slots.use("a", 1000, async () => "next"), "next");
});

test("who waits too long is refused and takes no slot afterwards", async () => {
  const slots = slotsOf(1, 1);
  const holder = work();
  const held = slots.use("a", 1000, holder.run);
  const late = work();
  const refusal = await slots.use("a", 20, late.run).catch((error) => error.rawMessage);
  assert.is(refusal, "full");
  holder.end();
  await held;
  await settle();
  assert.is(late.runs(), false);
  assert.is(await slots.use("a", 1000, async () => "free"), "free");
});

test.run();
