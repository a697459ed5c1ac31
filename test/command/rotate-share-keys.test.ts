import { execFile } from "node:child_process";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { equal, is, match, not } from "uvu/assert";
import { ownShareKeysFile } from "../../src/main/keys.ts";
import { parseShareKeys } from "../../src/share/share-keys.ts";
import { suite } from "../harness.ts";

const test = suite("the command that rotates share keys");
const folder = await mkdtemp(join(tmpdir(), "rotate-share-keys-"));
const script = join(import.meta.dirname, "../../src/command/rotate-share-keys.ts");
const key = Buffer.alloc(32, 7).toString("base64url");
const start = JSON.stringify({ current: "k1", keys: { k1: key } });
const file = join(folder, "keys.json");

test.after(() => rm(folder, { recursive: true }));
test.beforeEach(() => writeFile(file, start));

/** Runs the command in an environment that holds nothing but what is given. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test("two runs rotate the keys, each saying what it did and what comes next, and no key", async () => {
  const added = await run(["--file", file]);
  equal([added.code, added.err], [0, ""]);
  match(added.out, "k2 was added as the next key: links are still signed with k1.");
  match(added.out, "Next: ");
  const first = parseShareKeys(await readFile(file, "utf8"));
  equal([first.current, first.next?.kid], ["k1", "k2"]);

  const early = await run(["--file", file]);
  equal([early.code, early.out], [2, ""]);
  match(early.err, /key k2 is new: .* in \d+ s, or with --now/);
  equal(parseShareKeys(await readFile(file, "utf8")), first);

  const switched = await run(["--file", file, "--now"]);
  equal([switched.code, switched.err], [0, ""]);
  match(switched.out, "k2 is the current key");
  match(switched.out, "k1 was retired");
  const second = parseShareKeys(await readFile(file, "utf8"));
  equal([second.current, second.next, [...second.retired.keys()]], ["k2", undefined, ["k1"]]);

  for (const { out, err } of [added, early, switched]) {
    for (const bytes of second.keys.values()) not.match(out + err, Buffer.from(bytes).toString("base64url"));
  }
  equal(await readdir(folder), ["keys.json"]);
});

test("keys whose links have all expired are dropped, by the service's own longest life of a link", async () => {
  const retired = { k0: new Date(Date.now() - 9 * 86_400_000).toISOString() };
  const old = JSON.stringify({ current: "k1", keys: { k0: key, k1: key }, retired });
  await writeFile(file, old);
  const dropped = await run(["--file", file]);
  match(dropped.out, "k0 was dropped: every link that it signed has expired.");
  equal([...parseShareKeys(await readFile(file, "utf8")).keys.keys()], ["k1", "k2"]);
  await writeFile(file, old);
  await run(["--file", file], { SHARE_MAX_EXPIRES_IN_S: "2592000" });
  equal([...parseShareKeys(await readFile(file, "utf8")).keys.keys()], ["k0", "k1", "k2"]);
});

test("the file is the service's own unless it is named, and a link to it stays one", async () => {
  const link = join(folder, "link.json");
  await symlink(file, link);
  match((await run([], { SHARE_KEYS_FILE: link })).out, "k2 was added");
  is(parseShareKeys(await readFile(file, "utf8")).next?.kid, "k2");
  is(await readFile(link, "utf8"), await readFile(file, "utf8"));
  await rm(link);

  const own = ownShareKeysFile(folder);
  await mkdir(dirname(own));
  for (const [args, env] of [
    [["--data-dir", folder], { SHARE_KEYS_FILE: "elsewhere.json" }],
    [[], { DATA_DIR: folder }],
  ] as const) {
    await writeFile(own, start);
    match((await run(args, env)).out, "k2 was added");
    is(parseShareKeys(await readFile(own, "utf8")).next?.kid, "k2");
  }
  await rm(dirname(own), { recursive: true });
});

test("the file becomes its owner's alone to read, and stays its owner's", async () => {
  await chmod(file, 0o644);
  const mayGiveAway = process.getuid?.() === 0;
  if (mayGiveAway) await chown(file, 65_534, 65_534);
  const before = await stat(file);
  await run(["--file", file]);
  const after = await stat(file);
  is(after.mode & 0o777, 0o600);
  equal([after.uid, after.gid], [before.uid, before.gid]);
  not.equal(after.ino, before.ino, "it was replaced, not written over");
  if (mayGiveAway) await chown(file, 0, 0);
});

test("what is wrong is said on standard error, the exit code is 2, and the file stays as it was", async () => {
  const wrong: [args: string[], message: string][] = [
    [["--file", join(folder, "none.json")], "ENOENT"],
    [["--file", script], "share keys: not JSON"],
    [["--file", file, "--data-dir", folder], "keep one"],
    [["--fiel", file], "--fiel"],
    [[file], "keys.json"],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await run(args);
    equal([code, out], [2, ""]);
    match(err, message);
    match(err, "usage: npm run -s rotate-share-keys");
  }
  equal([await readFile(file, "utf8"), await readdir(folder)], [start, ["keys.json"]]);
});

test("of two at the same time one is refused, and so is one beside the draft of one that was killed", async () => {
  await writeFile(`${file}.draft`, "");
  await utimes(`${file}.draft`, 0, 0);
  const { code, err } = await run(["--file", file]);
  is(code, 2);
  match(err, `if it was killed, remove ${file}.draft`);
  is(await readFile(file, "utf8"), start);
  await rm(`${file}.draft`);

  const codes = await Promise.all([1, 2, 3].map(async () => (await run(["--file", file])).code));
  is(codes.filter((code) => code === 0).length, 1);
});

test.run();
