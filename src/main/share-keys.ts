import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Log } from "../log/log.ts";
import { createShareKeys, parseShareKeys, type ShareKeys } from "../share/share-keys.ts";

/** The keys of a file that may change while the service runs. */
export type LiveShareKeys = {
  /** Returns the keys as they were last read. */
  readonly shareKeys: () => ShareKeys;
  /** Reads no more. */
  readonly close: () => void;
};

/** Where the keys are. */
export type ShareKeysOptions = {
  /** The operator's; without one, one is made in the data folder (mode 0600), so that links outlive a restart. */
  readonly file: string | undefined;
  readonly dataDir: string;
  readonly log: Log;
  /** How often the file is read again. The default is 2000, because a rotation waits a minute for its replicas. */
  readonly intervalMs?: number;
};

/**
 * Opens the keys that links are signed with, and follows the changes of their file, so that rotating
 * them takes no restart. A file that has become unreadable leaves the keys as they were, and a warning.
 * Throws an Error for whoever starts the service.
 */
export async function openShareKeys({
  file,
  dataDir,
  log,
  intervalMs = 2_000,
}: ShareKeysOptions): Promise<LiveShareKeys> {
  const path = file ?? ownShareKeysFile(dataDir);
  let text = file === undefined ? ((await readIfThere(path)) ?? (await makeFile(path))) : await readFile(path, "utf8");
  let keys = parseShareKeys(text);
  let problem: string | undefined;
  let closed = false;

  // The whole of it, and not only its times: it is small, and copies may keep the times of their original.
  const reread = async () => {
    try {
      const found = await readFile(path, "utf8");
      if (found !== text) {
        keys = parseShareKeys(found);
        text = found;
        log.info({ file: path, kid: keys.current, count: keys.keys.size }, "share keys were read again");
      }
      problem = undefined;
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem) log.warn({ file: path, problem: message }, "share keys stay as they were");
      problem = message;
    }
    if (!closed) timer = setTimeout(reread, intervalMs).unref();
  };
  let timer = setTimeout(reread, intervalMs).unref();

  return {
    shareKeys: () => keys,
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Returns where a service without a key file of the operator's keeps its own. */
export function ownShareKeysFile(dataDir: string): string {
  return join(dataDir, "keys", "share-keys.json");
}

async function makeFile(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  await writeFile(draft, createShareKeys(randomBytes(32)), { mode: 0o600, flag: "wx", flush: true });
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
