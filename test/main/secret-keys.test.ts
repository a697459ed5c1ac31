import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { createLog } from "../../src/log/log.ts";
import { openSecretKeys, ownSecretKeysFile } from "../../src/main/keys.ts";
import { kidOf } from "../../src/secret/seal.ts";
import { suite } from "../harness.ts";

const test = suite("live keys of secrets");
const folder = await mkdtemp(join(tmpdir(), "secret-keys-"));
const place = { tenant: "acme", name: "w" };
const secret = Buffer.from("hunter2");
const log = createLog("silent");
test.after(() => rm(folder, { recursive: true }));

const key = (byte: number) => Buffer.alloc(32, byte).toString("base64url");
const one = JSON.stringify({ current: "k1", keys: { k1: key(1) } });
const two = JSON.stringify({ current: "k2", keys: { k1: key(1), k2: key(2) } });

test("in development a key is made that only its owner reads, and that opens after a restart", async () => {
  const first = await openSecretKeys({ file: undefined, dataDir: folder, log });
  const sealed = await first.secrets.seal(secret, place);
  first.close();
  assert.is((await stat(ownSecretKeysFile(folder))).mode & 0o777, 0o600);
  const second = await openSecretKeys({ file: undefined, dataDir: folder, log });
  assert.equal(Buffer.from(await second.secrets.open(sealed, place)), secret);
  second.close();
});

test("a changed file is in force without a restart, what it sealed before opens, and no line holds a key", async () => {
  const file = join(folder, "keys.json");
  await writeFile(file, one);
  const lines: string[] = [];
  const talking = createLog("info", { write: (line) => lines.push(line) });
  const { secrets, close } = await openSecretKeys({ file, dataDir: folder, log: talking, intervalMs: 5 });
  const sealed = await secrets.seal(secret, place);
  await writeFile(file, two);
  for (let tries = 0; kidOf(await secrets.seal(secret, place)) !== "k2"; tries += 1) {
    assert.ok(tries < 500);
    await sleep(10);
  }
  assert.equal(Buffer.from(await secrets.open(sealed, place)), secret);
  await writeFile(file, "broken");
  for (let tries = 0; !lines.some((line) => line.includes("stay as they were")); tries += 1) {
    assert.ok(tries < 500);
    await sleep(10);
  }
  assert.is(kidOf(await secrets.seal(secret, place)), "k2");
  close();
  for (const line of lines) for (const byte of [1, 2]) assert.not.match(line, key(byte));
  assert.is(await readFile(file, "utf8"), "broken");
});

test("a file that is missing or holds keys of another length stops the start, and no key is repeated", async () => {
  const file = join(folder, "wrong.json");
  const refusal = () =>
    openSecretKeys({ file, dataDir: folder, log }).then(
      () => "it opened",
      (error: Error) => error.message,
    );
  assert.match(await refusal(), "ENOENT");
  await writeFile(file, JSON.stringify({ current: "k1", keys: { k1: Buffer.alloc(48, 1).toString("base64url") } }));
  assert.is(await refusal(), "SECRETS_KEYS_FILE cannot be used: secret keys: key k1 must have at most 32 bytes");
});

test.run();
