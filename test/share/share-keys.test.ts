import { equal, is, match, not, unreachable } from "uvu/assert";
import { formatKeyFile } from "../../src/keys/key-file.ts";
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

test("the progress of a rotation is read, and written as it was read", () => {
  const file = {
    current: "b",
    keys: { a: key, b: key, c: key },
    next: { kid: "c", since: "2026-01-02T00:00:00.000Z" },
    retired: { a: "2026-01-01T00:00:00.000Z" },
  };
  const parsed = parseShareKeys(JSON.stringify(file));
  equal(parsed.next, { kid: "c", sinceMs: Date.UTC(2026, 0, 2) });
  equal([...parsed.retired], [["a", Date.UTC(2026, 0, 1)]]);
  equal(JSON.parse(formatKeyFile(parsed)), file);
});

test("a file that was edited by hand is read: a note about a key that is gone, or that signs, says nothing", () => {
  const since = "2026-01-02T00:00:00Z";
  for (const [current, keys, next] of [
    ["b", { b: key }, "c"],
    ["b", { b: key, a: key }, "b"],
  ] as const) {
    const retired = { gone: since, [current]: since };
    const parsed = parseShareKeys(JSON.stringify({ current, keys, next: { kid: next, since }, retired }));
    equal([parsed.current, parsed.next, parsed.retired.size], [current, undefined, 0]);
  }
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
    [{ current: "a", keys: { a: key }, next: "b" }, '"next" must be an object'],
    [{ current: "a", keys: { a: key }, next: { kid: "b" } }, '"next.since" must tell times'],
    [{ current: "a", keys: { a: key }, next: { kid: "b", since: "2026-02-30 12:00" } }, '"next.since" must tell times'],
    [{ current: "a", keys: { a: key }, retired: ["b"] }, '"retired" must be an object'],
    [{ current: "a", keys: { a: key }, retired: { b: 1767225600 } }, '"retired" must tell times'],
    [{ current: "a", keys: { a: key }, retired: { b: "2026-13-01T00:00:00Z" } }, '"retired" must tell times'],
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
