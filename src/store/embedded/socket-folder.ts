import { createHash } from "node:crypto";
import { chown, lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fault } from "../../errors/fault.ts";
import type { Account } from "./account.ts";

/**
 * Says where the server's socket is: beside the data or, as a socket's path has room for some 100
 * bytes only, in the system's temporary folder, under a name that follows from a secret, so that
 * nobody else can be there first.
 */
export function socketFolderFor(near: string, secret: string): string {
  if (Buffer.byteLength(join(near, ".s.PGSQL.5432")) <= 103) return near;
  const name = createHash("sha256").update(near).update(secret).digest("hex").slice(0, 16);
  return join(tmpdir(), `dashboards-${name}`);
}

/** Makes the folder, which only the server's user and root can enter. Fails if somebody else's is there. */
export async function makeSocketFolder(folder: string, account: Account | undefined): Promise<void> {
  const uid = account?.uid ?? process.getuid?.();
  try {
    await mkdir(folder, { mode: 0o700 });
    if (account !== undefined) await chown(folder, account.uid, account.gid);
  } catch (cause) {
    const there = await lstat(folder).catch(() => undefined);
    if (there?.isDirectory() && there.uid === uid && (there.mode & 0o077) === 0) return;
    throw fault("DEPENDENCY_DOWN", "the folder for the embedded PostgreSQL's socket could not be made", { cause });
  }
}
