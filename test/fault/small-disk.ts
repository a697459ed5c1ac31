import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A disk with little room, which a test may fill up. */
export type SmallDisk = {
  /** A folder on it that the account owns, and that its processes can reach. */
  readonly folder: string;
  /** Leaves no room on it. */
  fill(): void;
  /** Gives the room back. */
  free(): void;
  close(): void;
};

type Account = { readonly uid: number; readonly gid: number };

/**
 * Makes a disk in memory, mounted in a namespace of a process of its own, with whose end it is gone. Others reach it
 * by that process's root in /proc, who must be of the same user: hence the account. Returns why there can be none.
 */
export async function openSmallDisk(
  mib: number,
  account: Account | undefined,
): Promise<SmallDisk | { reason: string }> {
  if (process.platform !== "linux") return { reason: "mount namespaces are Linux's" };
  const { uid, gid } = account ?? { uid: process.getuid!(), gid: process.getgid!() };
  const isRoot = process.getuid!() === 0;
  const become = isRoot ? `setpriv --reuid ${uid} --regid ${gid} --clear-groups` : "";
  const script = `mount -t tmpfs -o size=${mib}m,mode=0700${isRoot ? `,uid=${uid},gid=${gid}` : ""} tmpfs /mnt &&
    mkdir /mnt/data && chown ${isRoot ? `${uid}:${gid}` : "0:0"} /mnt/data && exec ${become} sh -c 'echo mounted; exec cat'`;
  // It reads what never comes: with the end of this process it ends as well.
  const holder = spawn("unshare", [isRoot ? "-m" : "-rm", "sh", "-c", script], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [holder.stdout, holder.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = once(holder, "close").catch(({ message }) => (said += message));
  await Promise.race([once(holder.stdout, "data").catch(() => {}), ended]);
  if (!said.startsWith("mounted")) return { reason: `no disk can be mounted: ${said.trim()}` };

  const root = `/proc/${holder.pid}/root/mnt`;
  const filler = join(root, "filler");
  return {
    folder: join(root, "data"),
    fill() {
      // What is there may grow by less than a page of the memory.
      for (const bytes of [1_048_576, 4_096]) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(bytes), { flag: "a" });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    },
    free: () => rmSync(filler, { force: true }),
    close: () => void holder.kill("SIGKILL"),
  };
}
