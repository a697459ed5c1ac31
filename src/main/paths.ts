import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder that holds `package.json`. */
export const projectDir = join(import.meta.dirname, "../..");

/**
 * Returns where state is kept unless `DATA_DIR` says otherwise: `.data` in the project. Root's
 * service gives the database server and the readers of files to users of lower rank; where those
 * cannot reach the project, as under `/root`, the state goes to a folder of the project's own under
 * `/var/lib/datajetty-dashboards`.
 */
export function defaultDataDir(): string {
  if (process.getuid?.() !== 0 || isReachableByAll(projectDir)) return join(projectDir, ".data");
  const name = createHash("sha256").update(projectDir).digest("hex").slice(0, 12);
  return join("/var/lib/datajetty-dashboards", name);
}

function isReachableByAll(folder: string): boolean {
  const mayEnter = (statSync(folder).mode & 0o001) !== 0;
  return mayEnter && (dirname(folder) === folder || isReachableByAll(dirname(folder)));
}
