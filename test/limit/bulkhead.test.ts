import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { type BulkheadOptions, createBulkhead } from "../../src/limit/bulkhead.ts";
import { suite } from "../harness.ts";

const test = suite("bulkhead");

const create = (options: Partial<BulkheadOptions>) =>
  createBulkhead({ perKey: 1, waitMs: 1_000, refusal: () => new Error("full"), ...options });

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

const wordsOf = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);

test("no more than a key's share, and than the total of all, runs at once", async () => {
  const bulkhead = create({ perKey: 2, total: 3 });
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  let all = 0;
  let mostOfAll = 0;
  const count = (key: string) => async () => {
    running.set(key, (running.get(key) ?? 0) + 1);
    mostOfAll = Math.max(mostOfAll, ++all);
    most.set(key, Math.max(most.get(key) ?? 0, running.get(key)!));
    await sleep(2);
    running.set(key, running.get(key)! - 1);
    all -= 1;
  };
  const keys = ["a", "a", "a", "a", "a", "b", "b", "b", "c"];
  await Promise.all(keys.map((key) => bulkhead.run(key, count(key))));
  assert.equal([most.get("a"), mostOfAll], [2, 3]);
});

test("a key that has its share waits, and does not hold up another", async () => {
  const bulkhead = create({ perKey: 2, total: 3 });
  const [a1, a2, a3, b1] = [work(), work(), work(), work()];
  const all = [a1, a2, a3].map((item) => bulkhead.run("a", item.run));
  all.push(bulkhead.run("b", b1.run));
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
  const bulkhead = create({ total: 1 });
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4].map((i) => bulkhead.run(String(i), async () => void order.push(i))));
  assert.equal(order, [1, 2, 3, 4]);
});

test("work that waits too long is refused, and takes no room afterwards", async () => {
  const bulkhead = create({ waitMs: 5 });
  const holder = work();
  const held = bulkhead.run("a", holder.run);
  const late = work();
  assert.is(await wordsOf(bulkhead.run("a", late.run)), "full");
  holder.end();
  await held;
  await settle();
  assert.is(late.runs(), false);
  assert.is(await bulkhead.run("a", async () => "free"), "free");
});

test("a call may wait for less than others, and not for more", async () => {
  const refused = async (waitMs: number, ownMs: number) => {
    const bulkhead = create({ waitMs });
    void bulkhead.run("a", work().run);
    return Promise.race([wordsOf(bulkhead.run("a", async () => {}, ownMs)), sleep(200, "waits")]);
  };
  assert.equal(await Promise.all([refused(10_000, 5), refused(5, 10_000)]), ["full", "full"]);
});

test("where as many wait as may, in all or for the key, the next is refused at once", async () => {
  const bulkhead = create({ maxWaiting: 3, maxWaitingPerKey: 2 });
  const holders = ["a", "b"].map((key) => {
    const holder = work();
    void bulkhead.run(key, holder.run);
    return holder;
  });
  const outcomes: string[] = [];
  const ask = (key: string) => wordsOf(bulkhead.run(key, async () => key)).then((words) => outcomes.push(words));
  const asked = ["a", "a", "a", "b", "b"].map(ask);
  await settle();
  assert.equal(outcomes, ["full", "full"]);
  for (const holder of holders) holder.end();
  await Promise.all(asked);
  assert.equal(outcomes, ["full", "full", "a", "b", "a"]);
  // Those who waited count no more.
  assert.equal(await Promise.all(["a", "a", "a"].map((key) => bulkhead.run(key, async () => key))), ["a", "a", "a"]);
});

test("work that fails gives its room back", async () => {
  const bulkhead = create({});
  assert.is(await wordsOf(bulkhead.run("a", () => Promise.reject(new Error("no")))), "no");
  assert.is(await bulkhead.run("a", async () => "next"), "next");
});

test("what is abandoned while it waits gives up its place, and never begins", async () => {
  const bulkhead = create({ maxWaiting: 1 });
  const [first, second, third] = [work(), work(), work()];
  const gone = new AbortController();
  bulkhead.run("a", first.run);
  const abandoned = wordsOf(bulkhead.run("a", second.run, undefined, gone.signal));
  gone.abort(new Error("gone"));
  assert.is(await abandoned, "gone");
  const last = bulkhead.run("a", third.run);
  first.end();
  await settle();
  assert.equal([second.runs(), third.runs()], [false, true]);
  third.end();
  await last;
});

test("keys take turns, however many of one were there first", async () => {
  const bulkhead = create({ total: 1, perKey: 1 });
  const [busy, second, third, fourth, other] = [work(), work(), work(), work(), work()];
  const items = [busy, second, third, fourth].map((item) => bulkhead.run("a", item.run));
  const late = bulkhead.run("b", other.run);
  busy.end();
  await settle();
  assert.equal([second.runs(), other.runs()], [false, true]);
  for (const item of [other, second, third, fourth]) {
    item.end();
    await settle();
  }
  await Promise.all([...items, late]);
});

test("whoever asks for one after another does not keep those from their turn who wait with many", async () => {
  const bulkhead = create({ total: 1, perKey: 1 });
  const order: string[] = [];
  const ask = (key: string) => bulkhead.run(key, async () => void order.push(key));
  const one = async (key: string) => {
    for (let index = 0; index < 4; index += 1) await ask(key);
  };
  await Promise.all([ask("many"), ask("many"), ask("many"), one("x"), one("y")]);
  assert.ok(order.lastIndexOf("many") < 8, order.join(" "));
});

test("what was begun goes on, whoever leaves", async () => {
  const bulkhead = create({});
  const item = work();
  const gone = new AbortController();
  const done = wordsOf(bulkhead.run("a", item.run, undefined, gone.signal));
  await settle();
  gone.abort();
  item.end();
  assert.is(await done, "undefined");
});

test.run();
