import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createShareKeys, parseShareKeys, type ShareKeys } from "../share/share-keys.ts";

/**
 * Reads the keys that links are signed with. Without a file of the operator's, one is made in the
 * data folder (mode 0600), so that links outlive a restart. Throws an Error for whoever starts the
 * service.
 */
export async function loadShareKeys(file: string | undefined, dataDir: string): Promise<ShareKeys> {
  if (file !== undefined) return parseShareKeys(await readFile(file, "utf8"));
  const own = join(dataDir, "keys", "share-keys.json");
  return parseShareKeys((await readIfThere(own)) ?? (await makeFile(own)));
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
