import * as assert from "uvu/assert";
import { formatKeyFile, type KeyFile } from "../../src/keys/key-file.ts";
import { dropUnused, rotateSecretKeys } from "../../src/secret/rotate-secret-keys.ts";
import { createSecretKeys, parseSecretKeys } from "../../src/secret/secret-keys.ts";
import { suite } from "../harness.ts";

const test = suite("rotating the keys of secrets");
const first = parseSecretKeys(createSecretKeys(new Uint8Array(32).fill(1)));
const minute = 60_000;

/** Takes a step, and checks that what is written is what is read. */
function rotate(file: KeyFile, nowMs: number, isKnownEverywhere = false) {
  const rotation = rotateSecretKeys(file, { random32: new Uint8Array(32).fill(7), nowMs, isKnownEverywhere });
  assert.equal(parseSecretKeys(formatKeyFile(rotation.file)), rotation.file);
  return rotation;
}

test("a key is added, becomes the current one a minute later, and then the rotation is to be finished", () => {
  const added = rotate(first, 0);
  assert.equal([added.step, added.file.current, added.file.next], ["added", "k1", { kid: "k2", sinceMs: 0 }]);
  assert.throws(() => rotate(added.file, minute - 1), /key k2 is new: .* would not open what it seals. .* in 1 s/);
  const switched = rotate(added.file, minute);
  assert.equal([switched.step, switched.file.current], ["switched", "k2"]);
  assert.equal(switched.file.retired, new Map([["k1", minute]]));
  const finishing = rotate(switched.file, minute + 1);
  assert.equal([finishing.step, finishing.file], ["finishing", switched.file], "no third key until the first is gone");
});

test("a retired key goes a minute later, when no secret is sealed with it", () => {
  const { file } = rotate(rotate(first, 0).file, minute);
  const drop = (used: string[], nowMs: number, isKnownEverywhere = false) =>
    dropUnused(file, new Set(used), { nowMs, isKnownEverywhere });
  assert.equal(drop(["k2"], 2 * minute - 1).kept, ["k1"]);
  assert.equal(drop(["k1", "k2"], 9 * minute).kept, ["k1"]);
  assert.equal(drop(["k1", "k2"], 9 * minute, true).kept, ["k1"]);
  assert.equal(drop(["k2"], minute, true).dropped, ["k1"]);
  const done = drop(["k2"], 2 * minute);
  assert.equal([done.dropped, done.kept, [...done.file.keys.keys()], done.file.retired.size], [["k1"], [], ["k2"], 0]);
  assert.is(rotate(done.file, 3 * minute).step, "added");
});

test("a key of another length than 32 bytes is refused, and not repeated", () => {
  for (const bytes of [31, 33]) {
    const key = Buffer.alloc(bytes, 5).toString("base64url");
    assert.throws(
      () => parseSecretKeys(JSON.stringify({ current: "k1", keys: { k1: key } })),
      (error: Error) => /^secret keys: key k1 must have at (least|most) 32 bytes$/.test(error.message),
    );
  }
});

test.run();
