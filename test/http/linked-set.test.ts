import * as assert from "uvu/assert";
import { createLinkedSet } from "../../src/http/linked-set.ts";
import { suite } from "../harness.ts";

const test = suite("linked sets");

test("members are there in their order until they are taken out, once", () => {
  const set = createLinkedSet<{ name: string }>();
  assert.ok(set.isEmpty());
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ name }));
  const takeOut = [a!, b!, c!].map(set.add);
  assert.equal([...set], [a, b, c]);
  takeOut[1]!();
  takeOut[1]!();
  assert.equal([...set], [a, c]);
  takeOut[0]!();
  set.add(b!);
  assert.equal([...set], [c, b]);
  takeOut[2]!();
  assert.equal([...set], [b]);
  assert.not.ok(set.isEmpty());
});

test("members may be taken out and added while they are gone through", () => {
  const set = createLinkedSet<{ name: string }>();
  const members = ["a", "b", "c"].map((name) => ({ name }));
  const takeOut = members.map(set.add);
  const seen: string[] = [];
  for (const { name } of set) {
    seen.push(name);
    takeOut[members.findIndex((member) => member.name === name)]!();
    if (name === "c") set.add({ name: "d" });
    if (seen.length > 9) break;
  }
  assert.equal(seen.slice(0, 3), ["a", "b", "c"]);
  assert.equal(
    [...set].map(({ name }) => name),
    ["d"],
  );
});

test.run();
