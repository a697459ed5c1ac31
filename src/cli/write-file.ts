import { rename, rm, writeFile } from "node:fs/promises";
import { usageError } from "./cli-error.ts";

/** Writes a file whole or not at all. Throws an error of usage where that cannot be done. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  // Beside the file, because a rename goes no further than its file system.
  const draft = `${path}.${process.pid}.tmp`;
  try {
    // Never through a link that somebody else has put there, in a folder where others may write.
    await writeFile(draft, content, { flag: "wx" });
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw usageError(`${path} cannot be written`, cause);
  }
}
