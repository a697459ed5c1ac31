import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";

/**
 * Replaces a key file's text, at once or not at all, for its owner alone to read, and returns what `change`
 * has to say of it. The draft has one fixed name, so that it also keeps out whoever runs this at the same time.
 */
export async function replaceFile<T>(
  path: string,
  change: (text: string) => readonly [text: string, said: T],
): Promise<T> {
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
