import { mkdtemp, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { equal, is, match, not, ok, unreachable } from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { openShareKeys, ownShareKeysFile } from "../../src/main/keys.ts";
import { suite } from "../harness.ts";

const test = suite("live share keys");
const folder = await mkdtemp(join(tmpdir(), "share-keys-"));
test.after(() => rm(folder, { recursive: true }));

const key = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const one = JSON.stringify({ current: "k1", keys: { k1: key(1) } });
const two = JSON.stringify({ current: "k2", keys: { k1: key(1), k2: key(2) } });
let files = 0;

/** Opens a file of the given text, which is read again every few milliseconds. */
async function start(text: string) {
  const file = join(folder, `keys-${files++}.json`);
  await writeFile(file, text);
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => lines.push(line) });
  const live = await openShareKeys({ file, dataDir: folder, log, intervalMs: 5 });
  return { file, lines, ...live };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 5_000; !isSo(); await sleep(5)) if (Date.now() > endMs) unreachable("not in time");
}

test("a file that changes in place, or is replaced, is read again without a restart", async () => {
  const { file, shareKeys, close, lines } = await start(one);
  is(shareKeys().current, "k1");
  await writeFile(file, two);
  await until(() => shareKeys().current === "k2");
  equal([...shareKeys().keys.keys()], ["k1", "k2"]);
  await writeFile(`${file}.new`, one);
  await rename(`${file}.new`, file);
  await until(() => shareKeys().current === "k1");
  close();
  is(lines.length, 2);
  for (const line of lines) for (const byte of [1, 2]) not.match(line, key(byte));
});

test("a file that is broken or gone leaves the last good keys, with one warning, until it is whole again", async () => {
  const { file, shareKeys, close, lines } = await start(one);
  const before = shareKeys();
  const warnings = () => lines.filter((line) => line.includes('"level":"warn"'));
  await writeFile(file, two.slice(0, -3));
  await until(() => warnings().length === 1);
  match(warnings()[0]!, "share keys: not JSON");
  not.match(warnings()[0]!, key(2));
  await unlink(file);
  await until(() => warnings().length === 2);
  await sleep(50);
  is(warnings().length, 2);
  is(shareKeys(), before);
  await writeFile(file, two);
  await until(() => shareKeys().current === "k2");
  close();
});

test("a closed one reads no more", async () => {
  const { file, shareKeys, close } = await start(one);
  close();
  await writeFile(file, two);
  await sleep(50);
  is(shareKeys().current, "k1");
});

test("without a file one is made for its owner alone, and found by the next start", async () => {
  const open = () => openShareKeys({ file: undefined, dataDir: folder, log: createLog("silent") });
  const [first, second] = await Promise.all([open(), open()]);
  equal(first.shareKeys(), second.shareKeys());
  is((await stat(ownShareKeysFile(folder))).mode & 0o777, 0o600);
  first.close();
  second.close();
});

test("a start with a file that is missing or broken fails", async () => {
  const broken = join(folder, "broken.json");
  await writeFile(broken, "{}");
  for (const [file, message] of [
    [join(folder, "none.json"), "ENOENT"],
    [broken, '"keys" must be an object'],
  ] as const) {
    const error = await openShareKeys({ file, dataDir: folder, log: createLog("silent") }).catch((reason) => reason);
    ok(error instanceof Error);
    match(error.message, message);
  }
});

test.run();
