import { readdirSync, readFileSync } from "node:fs";

/** Memory in bytes. */
export type TreeMemory = {
  /** Each page that several processes share counted for each of them (`Rss`). */
  readonly rss: number;
  /** Of `rss`, what the first process has. */
  readonly rootRss: number;
  /** Each shared page counted in parts (`Pss`): what would be free if all of them ended. */
  readonly pss: number;
  readonly processes: number;
};

/**
 * Returns the memory of a process and of all that it and its descendants have started, from Linux's `smaps_rollup`.
 * @see https://docs.kernel.org/filesystems/proc.html
 */
export function memoryOfTree(root: number): TreeMemory {
  const rollupOf = (pid: number) => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const rollups = treeOf(root).map(rollupOf);
  const sum = (field: string) => rollups.reduce((bytes, rollup) => bytes + bytesOf(rollup, field), 0);
  const rootRss = bytesOf(rollupOf(root), "Rss");
  return { rss: sum("Rss"), rootRss, pss: sum("Pss"), processes: rollups.length };
}

function bytesOf(rollup: string, field: string): number {
  const [, kib = "0"] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(rollup) ?? [];
  return Number(kib) * 1_024;
}

function treeOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const parent = parentOf(name);
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid)!));
  return [...parents.keys()].filter(isBelow);
}

/** Undefined for one that has ended meanwhile. */
function parentOf(pid: string): number | undefined {
  try {
    // The second field is a name that may hold anything, in brackets.
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[1]);
  } catch {
    return undefined;
  }
}
