import { existsSync, globSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the folder of an installed PostgreSQL's programs, the newest with server and clients both, which the embedded
 * package lacks. Returns why there is none.
 */
export function findPostgresPrograms(): { readonly folder: string } | { readonly reason: string } {
  const needed = ["initdb", "postgres", "psql", "pg_dump", "pg_restore"];
  const folders = globSync("/usr/lib/postgresql/*/bin")
    .filter((folder) => needed.every((name) => existsSync(join(folder, name))))
    .sort((a, b) => versionOf(b) - versionOf(a));
  const [folder] = folders.filter((each) => versionOf(each) >= 15);
  return folder === undefined ? { reason: "no PostgreSQL from 15 on is in /usr/lib/postgresql" } : { folder };
}

function versionOf(folder: string): number {
  return Number(folder.split("/").at(-2));
}
