import { readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/** A server that runs on a data folder. */
export type Postmaster = {
  readonly pid: number;
  readonly socketFolder: string;
  /** Whether it takes connections: not yet while it starts, no more while it stops. */
  readonly ready: boolean;
};

/**
 * Reads from `postmaster.pid` who serves the data folder. Undefined when nobody does: a file that was
 * left behind does not count, even if its process id is another program's by now.
 */
export async function readPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(dataFolder, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid) || !(await serves(pid, dataFolder))) return undefined;
  return { pid, socketFolder: lines[4] ?? "", ready: lines[7]?.trim() === "ready" };
}

/** Says whether a process is there. */
export function isAlive(pid: number): boolean {
  return sendSignal(pid, 0);
}

/** Sends a signal, and says whether there was a process to send it to. */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Whether the process is this folder's server, where /proc can tell. The file is in the hands of the
 * server's user, at whose word root must not signal other processes.
 */
async function serves(pid: number, dataFolder: string): Promise<boolean> {
  if (process.platform !== "linux") return true;
  try {
    const [owner, folder] = await Promise.all([stat(`/proc/${pid}`), stat(dataFolder)]);
    const [works, data] = await Promise.all([readlink(`/proc/${pid}/cwd`), realpath(dataFolder)]);
    return owner.uid === folder.uid && works === data;
  } catch {
    return false;
  }
}
