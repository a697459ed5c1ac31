import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { KeySet } from "../keys/key-file.ts";

/** The keys of a file that may change while the service runs. */
export type LiveKeys<Keys extends KeySet> = {
  /** Returns the keys as they were last read. */
  readonly keys: () => Keys;
  /** Reads no more. */
  readonly close: () => void;
};

/** Where keys are, what they are, and who is told of changes. */
export type LiveKeysOptions<Keys extends KeySet> = {
  /** The operator's; without one, one is made at `ownFile` (mode 0600), so that what was made outlives a restart. */
  readonly file: string | undefined;
  readonly ownFile: string;
  /** The variable that names the operator's file, for messages. */
  readonly variable: string;
  readonly parse: (text: string) => Keys;
  /** Returns the text of a first file around 32 random bytes. */
  readonly create: (random32: Uint8Array) => string;
  /** How often the file is read again. The default is 2000, because a rotation waits a minute for its replicas. */
  readonly intervalMs: number | undefined;
  readonly onRead: (keys: Keys, path: string) => void;
  /** Told once that the file cannot be used, and why: the keys stay as they were. */
  readonly onProblem: (problem: string, path: string) => void;
};

/**
 * Opens the keys in a file, and follows its changes, so that rotating them takes no restart. A file that has
 * become unreadable leaves the keys as they were. Throws an Error for whoever starts the service.
 */
export async function openLiveKeys<Keys extends KeySet>(options: LiveKeysOptions<Keys>): Promise<LiveKeys<Keys>> {
  const { file, ownFile, variable, parse, create, intervalMs = 2_000, onRead, onProblem } = options;
  const path = file ?? ownFile;
  const first = async () => {
    const text =
      file === undefined ? ((await readIfThere(path)) ?? (await makeFile(path, create))) : await readFile(path, "utf8");
    return { text, keys: parse(text) };
  };
  let { text, keys } = await first().catch((cause: Error) => {
    throw new Error(file === undefined ? cause.message : `${variable} cannot be used: ${cause.message}`, { cause });
  });
  let problem: string | undefined;
  let closed = false;

  // The whole of it, and not only its times: it is small, and copies may keep the times of their original.
  const reread = async () => {
    try {
      const found = await readFile(path, "utf8");
      if (found !== text) {
        keys = parse(found);
        text = found;
        onRead(keys, path);
      }
      problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem) onProblem(message, path);
      problem = message;
    }
    if (!closed) timer = setTimeout(reread, intervalMs).unref();
  };
  let timer = setTimeout(reread, intervalMs).unref();

  return {
    keys: () => keys,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function makeFile(path: string, create: (random32: Uint8Array) => string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  await writeFile(draft, create(randomBytes(32)), { mode: 0o600, flag: "wx", flush: true });
  try {
    // A link, unlike a rename, fails where another start was first: that one's keys hold.
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
  return readFile(path, "utf8");
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
