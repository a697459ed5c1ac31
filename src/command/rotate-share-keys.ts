/**
 * Takes the next step of rotating the keys that links are signed with, and says what it did and what
 * to do next: `npm run -s rotate-share-keys -- --file keys.json`. Without `--file` it takes the file
 * of the service that runs in the same environment. The file is replaced at once or not at all, for
 * its owner alone to read. No key is printed. Where it cannot, it says why and exits with 2.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";
import { ownShareKeysFile } from "../main/share-keys.ts";
import { type Rotation, rotateShareKeys } from "../share/rotate-share-keys.ts";
import { formatShareKeys, parseShareKeys } from "../share/share-keys.ts";

const usage = "usage: npm run -s rotate-share-keys -- [--file keys.json | --data-dir DIR] [--now]";

try {
  console.log(await rotate(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}

async function rotate(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      file: { type: "string" },
      "data-dir": { type: "string" },
      now: { type: "boolean", default: false },
    },
  });
  const dataDir = values["data-dir"];
  if (values.file !== undefined && dataDir !== undefined) {
    throw new Error("--file and --data-dir are both given: keep one");
  }
  const { shareKeysFile, shareMaxExpiresInS: maxExpiresInS, ...config } = parseConfig(process.env, defaultDataDir());
  const named = values.file ?? (dataDir === undefined ? shareKeysFile : undefined);
  // Through a symbolic link to the file itself: a rename would replace the link.
  const path = await realpath(named ?? ownShareKeysFile(dataDir ?? config.dataDir));

  return replaceFile(path, (text) => {
    const rotation = rotateShareKeys(parseShareKeys(text), {
      random32: randomBytes(32),
      nowMs: Date.now(),
      maxExpiresInS,
      isKnownEverywhere: values.now,
    });
    return [formatShareKeys(rotation.file), describe(rotation)];
  });
}

/**
 * Replaces a file's text, and returns what `change` has to say of it. The draft has one fixed name, so
 * that it also keeps out whoever runs this at the same time.
 */
async function replaceFile(
  path: string,
  change: (text: string) => readonly [text: string, said: string],
): Promise<string> {
  const draftPath = `${path}.draft`;
  const draft = await open(draftPath, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new Error(`another rotation is under way: if it was killed, remove ${draftPath} and run this again`);
  });
  try {
    const [text, said] = change(await readFile(path, "utf8"));
    await keepOwner(path, draft);
    await draft.writeFile(text);
    await draft.sync();
    await rename(draftPath, path);
    return said;
  } catch (error) {
    await rm(draftPath, { force: true });
    throw error;
  } finally {
    await draft.close();
  }
}

async function keepOwner(path: string, draft: FileHandle): Promise<void> {
  const [before, after] = await Promise.all([stat(path), draft.stat()]);
  if (before.uid === after.uid && before.gid === after.gid) return;
  await draft.chown(before.uid, before.gid).catch((cause) => {
    throw new Error("the file would change its owner: run this as its owner or as root", { cause });
  });
}

function describe({ file, step, kid, retired, dropped }: Rotation): string {
  const lines = dropped.map((gone) => `${gone} was dropped: every link that it signed has expired.`);
  if (step === "added") {
    lines.push(
      `${kid} was added as the next key: links are still signed with ${file.current}.`,
      "Next: see that every replica has this file (a running one reads it within seconds), then run this again, in a minute at the earliest.",
    );
  } else {
    lines.push(
      `${kid} is the current key: links are signed with it from now on.`,
      ...retired.map((old) => `${old} was retired: the links that it signed work until they expire.`),
      "Next: see that every replica has this file. A later rotation drops retired keys when their links have expired.",
    );
  }
  return lines.join("\n");
}
