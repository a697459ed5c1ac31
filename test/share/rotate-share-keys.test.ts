import { equal, is, match, not, throws } from "uvu/assert";
import { formatKeyFile, type KeyFile } from "../../src/keys/key-file.ts";
import { type RotationOptions, rotateShareKeys } from "../../src/share/rotate-share-keys.ts";
import { createShareKeys, parseShareKeys } from "../../src/share/share-keys.ts";
import { mintShareToken, verifyShareToken } from "../../src/share/share-token.ts";
import { suite } from "../harness.ts";

const test = suite("rotating share keys");

const startMs = Date.UTC(2026, 0, 1);
const weekS = 604_800;
const dayMs = 86_400_000;
const first = parseShareKeys(createShareKeys(new Uint8Array(32).fill(1)));

function rotate(file: KeyFile, nowMs: number, more: Partial<RotationOptions> = {}) {
  const random32 = new Uint8Array(32).fill(nowMs % 251);
  const options = { random32, nowMs, maxExpiresInS: weekS, isKnownEverywhere: false, ...more };
  const rotation = rotateShareKeys(file, options);
  equal(parseShareKeys(formatKeyFile(rotation.file)), rotation.file, "what is written is what is read");
  return rotation;
}

test("the first step adds a key that nobody signs with, and the second switches to it", () => {
  const added = rotate(first, startMs);
  equal([added.step, added.kid, added.retired, added.dropped], ["added", "k2", [], []]);
  equal([added.file.current, [...added.file.keys.keys()]], ["k1", ["k1", "k2"]]);
  not.equal(added.file.keys.get("k2"), added.file.keys.get("k1"));

  const switched = rotate(added.file, startMs + 60_000);
  equal([switched.step, switched.kid, switched.retired, switched.dropped], ["switched", "k2", ["k1"], []]);
  equal([switched.file.current, switched.file.next], ["k2", undefined]);
  equal([...switched.file.retired], [["k1", startMs + 60_000]]);
  equal([...switched.file.keys.keys()], ["k1", "k2"]);
});

test("the second step is refused less than a minute after the first, unless every replica has the key", () => {
  const { file } = rotate(first, startMs);
  throws(() => rotate(file, startMs + 20_000), /^key k2 is new: .* in 40 s, or with --now/);
  throws(() => rotate(file, startMs + 59_999), /in 1 s/);
  throws(() => rotate(file, startMs - 3_600_000), /k2 is new/);
  is(rotate(file, startMs + 1, { isKnownEverywhere: true }).file.current, "k2");
});

test("at each moment every replica opens every link, also one that is a step behind", async () => {
  const expiresAtS = startMs / 1000 + weekS;
  const claims = { tenant: "acme", shareId: "A".repeat(22), expiresAtS };
  const steps: KeyFile[] = [first];
  for (let step = 1; step <= 6; step++) steps.push(rotate(steps.at(-1)!, startMs + step * 60_000).file);
  for (const [step, file] of steps.entries()) {
    const token = await mintShareToken(claims, file);
    for (const reader of steps.slice(Math.max(0, step - 1))) {
      equal(await verifyShareToken(token, reader, startMs / 1000), claims);
    }
  }
  is(steps.at(-1)!.current, "k4");
});

test("a retired key goes when its last link has expired, with a day for copies that came late", () => {
  const added = rotate(first, startMs).file;
  const { file } = rotate(added, startMs + dayMs);
  const lastNeededMs = startMs + dayMs + weekS * 1000 + dayMs;
  equal(rotate(file, lastNeededMs).dropped, []);
  const later = rotate(file, lastNeededMs + 1);
  equal([later.step, later.kid, later.dropped], ["added", "k3", ["k1"]]);
  equal([[...later.file.keys.keys()], later.file.retired.size], [["k2", "k3"], 0]);
  equal(rotate(file, lastNeededMs + 1, { maxExpiresInS: weekS + 1 }).dropped, []);
});

test("a key that was replaced by hand is retired at the next switch, and so is dropped one day", () => {
  const key = Buffer.alloc(32, 7).toString("base64url");
  const byHand = parseShareKeys(JSON.stringify({ current: "new", keys: { old: key, new: `${key}AA` } }));
  const added = rotate(byHand, startMs);
  is(added.kid, "k1");
  const { retired, file } = rotate(added.file, startMs + 60_000);
  equal(retired, ["old", "new"]);
  equal(rotate(file, startMs + 10 * dayMs).dropped, ["old", "new"]);
});

test("a switch that was taken back by hand can be made again, and never drops the key that signs", () => {
  const switched = rotate(rotate(first, startMs).file, startMs + 60_000).file;
  const takenBack = parseShareKeys(formatKeyFile({ ...switched, current: "k1" }));
  const later = rotate(takenBack, startMs + 30 * dayMs);
  equal([later.file.current, later.dropped, later.kid], ["k1", [], "k3"]);
  const again = rotate(later.file, startMs + 31 * dayMs);
  equal([again.file.current, again.retired], ["k3", ["k1", "k2"]]);
});

test("no refusal repeats a key", () => {
  const { file } = rotate(first, startMs);
  try {
    rotate(file, startMs);
  } catch (error) {
    match((error as Error).message, "k2");
    for (const key of file.keys.values()) not.match((error as Error).message, Buffer.from(key).toString("base64url"));
  }
});

test.run();
