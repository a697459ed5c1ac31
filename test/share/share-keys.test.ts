import { equal, is, match, not, unreachable } from "uvu/assert";
import { createShareKeys, parseShareKeys } from "../../src/share/share-keys.ts";
import { suite } from "../harness.ts";

const test = suite("share keys");

const key = Buffer.alloc(32, 7).toString("base64url");

function messageOf(json: string): string {
  try {
    parseShareKeys(json);
  } catch (error) {
    return (error as Error).message;
  }
  return unreachable("this must not be taken") as never;
}

test("a key file gives the current kid and every key", () => {
  const { current, keys } = parseShareKeys(JSON.stringify({ current: "b", keys: { a: key, b: `${key}AA` } }));
  is(current, "b");
  equal([...keys.keys()], ["a", "b"]);
  equal(keys.get("a"), new Uint8Array(32).fill(7));
});

test("a first key file is one that can be read", () => {
  const { current, keys } = parseShareKeys(createShareKeys(new Uint8Array(32).fill(9)));
  equal(keys.get(current), new Uint8Array(32).fill(9));
});

test("too little randomness makes no key file", () => {
  try {
    createShareKeys(new Uint8Array(31));
    unreachable();
  } catch (error) {
    match((error as Error).message, "at least 32 bytes");
  }
});

test("what is wrong with a key file is said, and no key is repeated", () => {
  const wrong: [unknown, string][] = [
    [[], "must be a JSON object"],
    [null, "must be a JSON object"],
    [{ current: "a" }, '"keys" must be an object'],
    [{ current: "a", keys: [key] }, '"keys" must be an object'.slice(0, 6)],
    [{ current: "a", keys: {} }, '"current" must be one of the kids'],
    [{ current: "b", keys: { a: key } }, '"current" must be one of the kids'],
    [{ keys: { a: key } }, '"current" must be one of the kids'],
    [{ current: 1, keys: { 1: key } }, '"current" must be one of the kids'],
    [{ current: "a", keys: { a: "secret" } }, "key a must have at least 32 bytes"],
    [{ current: "a", keys: { a: key.slice(0, -1) } }, "key a must have at least 32 bytes"],
    [{ current: "a", keys: { a: `${key}=` } }, "key a must be base64url"],
    [{ current: "a", keys: { a: "" } }, "key a must be base64url"],
    [{ current: "a", keys: { a: 7 } }, "key a must be base64url"],
    [{ current: "too-long-", keys: { "too-long-": key } }, "a kid must be 1 to 8"],
    [{ current: "", keys: { "": key } }, "a kid must be 1 to 8"],
  ];
  for (const [file, message] of wrong) {
    const said = messageOf(JSON.stringify(file));
    match(said, message);
    not.match(said, key);
  }
  const said = messageOf(`{"current":"a","keys":{"a":"${key}}`);
  match(said, "share keys: not JSON");
  not.match(said, key.slice(0, 8));
});

test.run();
