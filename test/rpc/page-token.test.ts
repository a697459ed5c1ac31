import * as assert from "uvu/assert";
import { reasonOf, toFault } from "../../src/errors/answer.ts";
import { createPageTokens } from "../../src/rpc/page-token.ts";
import { suite } from "../harness.ts";

const test = suite("page tokens");
const key = (byte: number) => new Uint8Array(32).fill(byte);
const keysOf =
  (current: string, ...kids: [string, number][]) =>
  () => ({
    current,
    keys: new Map(kids.map(([kid, byte]) => [kid, key(byte)])),
  });
const tokens = createPageTokens(keysOf("k1", ["k1", 1]));
const list = { tenant: "a", method: "ListDefinitions", narrowing: ["", "ops"] };

const refused = (act: () => unknown) => {
  try {
    act();
    return undefined;
  } catch (error) {
    return reasonOf(toFault(error));
  }
};

test("a token leads to where it was made for; an empty one to the beginning", () => {
  assert.equal(tokens.read(list, tokens.write(list, ["ops_overview", 2])), ["ops_overview", 2]);
  assert.is(tokens.read(list, ""), undefined);
});

test("a token is good for no other tenant, method or narrowing", () => {
  const token = tokens.write(list, ["x"]);
  for (const other of [
    { tenant: "b" },
    { method: "ListShares" },
    { narrowing: ["", "op"] },
    { narrowing: ["op", "s"] },
  ]) {
    assert.is(
      refused(() => tokens.read({ ...list, ...other }, token)),
      "INVALID_REQUEST",
    );
  }
});

test("a token that was changed or made up is refused", () => {
  const token = tokens.write(list, ["x"]);
  const changed = [...token].map(
    (_, index) => `${token.slice(0, index)}${token[index] === "A" ? "B" : "A"}${token.slice(index + 1)}`,
  );
  // The last character has spare bits, with which the same bytes can be spelled.
  for (const other of [...changed.slice(0, -1), "A", "%", `${token}AAAA`, Buffer.from('["x"]').toString("base64url")]) {
    assert.is(
      refused(() => tokens.read(list, other)),
      "INVALID_REQUEST",
      other,
    );
  }
});

test("a token outlives the rotation of keys, as long as its key verifies", () => {
  const token = tokens.write(list, ["x"]);
  assert.equal(createPageTokens(keysOf("k2", ["k1", 1], ["k2", 2])).read(list, token), ["x"]);
  assert.is(
    refused(() => createPageTokens(keysOf("k2", ["k2", 2])).read(list, token)),
    "INVALID_REQUEST",
  );
});

test.run();
