import { setImmediate as nextTurn } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createDrawInTurns } from "../../src/rpc/draw-in-turns.ts";
import { suite } from "../harness.ts";

const test = suite("drawing in turns");

/** Panels that take so long each, and say when they are drawn. */
function* panels(count: number, eachMs: number, drawn: () => void): Generator<undefined, number> {
  for (let done = 0; done < count; done += 1) {
    const endMs = performance.now() + eachMs;
    while (performance.now() < endMs);
    drawn();
    yield undefined;
  }
  return count;
}

test("however many draw at once, they share a turn, and all of them get theirs", async () => {
  const drawInTurns = createDrawInTurns();
  const turns: number[] = [];
  let turn = 0;
  const order: number[] = [];
  const all = Array.from({ length: 20 }, async (_, at) => {
    await drawInTurns(panels(2, 6, () => turns.push(turn)));
    order.push(at);
  });
  const drawing = Promise.all(all);
  let isDone = false;
  drawing.then(() => {
    isDone = true;
  });
  for (; !isDone; turn += 1) await nextTurn();
  await drawing;
  assert.is(turns.length, 40);
  // Two of 6 ms begin within the 12 ms of a turn, on a machine that does nothing else; fewer on others.
  // The first count holds two turns: what begins at once, and what goes on before the count does.
  assert.ok(turns.filter((at) => at === 0).length <= 4, "more than two turns' worth were drawn at once");
  const later = turns.filter((at) => at > 0);
  const most = Math.max(...Object.values(Object.groupBy(later, (at) => at)).map((drawn) => drawn!.length));
  assert.ok(most <= 2, `${most} panels were drawn in a turn`);
  assert.is(order[0], 0);
  assert.equal(
    order.toSorted((a, b) => a - b),
    [...order.keys()],
  );
});

test("who has begun goes on first, and behind the others once it has had some turns", async () => {
  const drawInTurns = createDrawInTurns();
  const drawn: string[] = [];
  const draw = (who: string, count: number) => drawInTurns(panels(count, 6, () => drawn.push(who)));
  await Promise.all([draw("heavy", 20), draw("light", 3), draw("lighter", 1)]);
  const [light, lighter] = [drawn.lastIndexOf("light"), drawn.indexOf("lighter")];
  assert.is(light - drawn.indexOf("light"), 2, `${drawn}`);
  assert.is(lighter, light + 1, `${drawn}`);
  assert.is(drawn.lastIndexOf("heavy"), drawn.length - 1, `${drawn}`);
  // Some turns in a row, of two panels at most and one at least.
  const before = drawn.indexOf("light");
  assert.ok(before >= 3 && before <= 6, `${drawn}`);
});

test("a drawing that fails fails alone", async () => {
  const drawInTurns = createDrawInTurns();
  function* broken(): Generator<undefined, number> {
    yield undefined;
    throw new Error("broken");
  }
  const [first, second] = await Promise.allSettled([drawInTurns(broken()), drawInTurns(panels(3, 0, () => {}))]);
  assert.is(first.status, "rejected");
  assert.is(second.status, "fulfilled");
});

test.run();
