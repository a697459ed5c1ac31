import { readFileSync } from "node:fs";

/** Reads the ids of a process's children, where /proc tells: none elsewhere. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Reads the ids of a service's processes that run DuckDB. */
export function duckdbChildrenOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => {
    try {
      return readFileSync(`/proc/${child}/cmdline`, "utf8").includes("/duckdb/child.ts");
    } catch {
      return false;
    }
  });
}
