import * as assert from "uvu/assert";
import { createSecrets } from "../../src/secret/secrets.ts";
import { suite } from "../harness.ts";

const test = suite("keys that follow from the secret keys");

const keys = new Map([
  ["k1", new Uint8Array(32).fill(1)],
  ["k2", new Uint8Array(32).fill(2)],
]);
const hex = (current: string, purpose: string) =>
  Buffer.from(createSecrets(() => ({ current, keys })).keyFor(purpose)).toString("hex");

test("each purpose and each current key has one of its own, which replicas agree on", () => {
  const all = [hex("k1", "a"), hex("k1", "b"), hex("k2", "a")];
  assert.is(new Set(all).size, 3);
  assert.is(hex("k1", "a"), all[0]);
  for (const each of all) assert.match(each, /^[0-9a-f]{64}$/);
  assert.not.ok(all.includes("01".repeat(32)), "no key serves two purposes");
});

test.run();
