import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import type { World } from "./world.ts";

/** What operators do with the keys of links, by the names that cases have for it. */
export function isShareKeyTurn(op: string): boolean {
  return Object.hasOwn(turns, op);
}

/**
 * Turns the keys of links as an operator does, with the service's own command on the file of the running service, and
 * waits until that has read it. Returns what puts the file back, for the cases that follow have links as well.
 */
export async function turnShareKeys(world: World, op: string): Promise<() => Promise<void>> {
  const file = world.shareKeysFile!;
  const before = readFileSync(file, "utf8");
  await turns[op]!(world, file);
  return () => whenRead(world, () => replace(file, before));
}

const turns: Readonly<Record<string, (world: World, file: string) => Promise<void>>> = {
  rotate,
  /** A key that has leaked is taken out of the file by hand; where it signs, another one takes its place. */
  async retire_old(world, file) {
    const { current, keys, retired } = read(file);
    const isNew = retired === undefined;
    const kid = isNew ? "attack" : current;
    const key = isNew ? randomBytes(32).toString("base64url") : keys[current]!;
    await whenRead(world, () => replace(file, JSON.stringify({ current: kid, keys: { [kid]: key } })));
  },
};

async function rotate(world: World, file: string): Promise<void> {
  const command = join(import.meta.dirname, "../../src/command/rotate-share-keys.ts");
  const step = () => promisify(execFile)(process.execPath, [command, "--file", file, "--now"]);
  // A key that is added is known before it signs.
  await whenRead(world, step);
  await whenRead(world, step);
}

type Keys = { readonly current: string; readonly keys: Readonly<Record<string, string>>; readonly retired?: object };

function read(file: string): Keys {
  return JSON.parse(readFileSync(file, "utf8")) as Keys;
}

/** At once, for half a file is a problem that the service would log. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Several times as long as the service takes to look again. */
const readMs = 15_000;

async function whenRead({ service }: World, change: () => unknown): Promise<void> {
  const start = service.log.length;
  await change();
  for (let waitedMs = 0; waitedMs < readMs; waitedMs += 50, await pause(50)) {
    if (service.log.slice(start).some((line) => line.includes("share keys were read again"))) return;
  }
  throw new Error("the service does not read the keys again");
}
