import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/**
 * How much private memory a process may take beyond what it has when it is confined. DuckDB keeps its
 * blocks to 256 MiB of its own accord, but not its strings and lists, and knows nothing of the rest.
 */
const memoryBytes = 512 * 1024 * 1024;

/** Growth beyond what small queries leave behind, which is about 80 MiB, and still less than half. */
const spentBytes = 192 * 1024 * 1024;

/**
 * A number that no account has. Not `nobody`'s: others run as that one too, the embedded database
 * among them where there is no user of its own, and could be read.
 */
const unprivileged = 65_533;

const prlimit = "/usr/bin/prlimit";

/** What holds a process. */
export type Confinement = {
  /** Whether memory and writing are bounded by the system, which needs Linux and util-linux. */
  readonly limited: boolean;
  /**
   * Whether much of the memory is taken. Allocators give little back, so that a later query in this
   * process could find too little through no fault of its own.
   */
  spent(): boolean;
};

/**
 * Takes from this process, for good, what a query has no need of: memory without bound, writing to
 * files, and root's rights. Throws where the system could bound it and does not.
 */
export function confineProcess(): Confinement {
  const limited = process.platform === "linux" && existsSync(prlimit);
  const startBytes = limited ? dataBytes() : 0;
  // Not the address space: the engine of JavaScript reserves gigabytes of it and touches next to nothing.
  if (limited) limit([`--data=${startBytes + memoryBytes}`, "--fsize=0", "--core=0"]);
  if (process.getuid?.() === 0) {
    process.setgroups!([]);
    process.setgid!(unprivileged);
    process.setuid!(unprivileged);
  }
  return { limited, spent: () => limited && dataBytes() > startBytes + spentBytes };
}

function limit(limits: readonly string[]): void {
  const { status } = spawnSync(prlimit, [...limits, "--pid", String(process.pid)], { env: {}, stdio: "ignore" });
  if (status !== 0) throw new Error("prlimit failed");
}

function dataBytes(): number {
  const [, kib] = /^VmData:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return Number(kib) * 1024;
}
