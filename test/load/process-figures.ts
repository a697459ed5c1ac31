import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Returns the memory that a process has, in bytes (https://docs.kernel.org/filesystems/proc.html). */
export function rssOf(pid: number): number {
  const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

/** Returns how many files and sockets a process has open. */
export function fdsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Returns the CPU time that a process has taken, in milliseconds: the system counts it in hundredths of a second. */
export function cpuMsOf(pid: number): number {
  // The second field is a name that may hold anything, in brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Keeps a process on one core, where the system has the tool for it: who measures must not be in the way. */
export function pin(pid: number, core: number): void {
  spawnSync("/usr/bin/taskset", ["-acp", `${core}`, `${pid}`], { stdio: "ignore" });
}
