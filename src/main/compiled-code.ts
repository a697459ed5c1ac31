import { lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { enableCompileCache, getCompileCacheDir } from "node:module";
import { join } from "node:path";

/**
 * Has Node keep the code of what is loaded from now on, compiled and without types, in a folder of the data folder:
 * once a process has ended in order, starts take about a third less CPU time. To be called before anything large is loaded.
 *
 * Whoever can write there decides what later starts run. So it is never Node's own default, a folder of the system's
 * for temporary files, and only one that nobody but this user, or root, can change or put another in the place of.
 * Where `NODE_COMPILE_CACHE` names a folder, the operator has decided, and that one is used.
 *
 * Returns why nothing is kept, for the log; undefined where it is. It never fails: a start without is only slower.
 */
export function keepCompiledCode(dataDir: string): string | undefined {
  if (getCompileCacheDir() !== undefined) return undefined;
  const folder = join(dataDir, "compiled");
  try {
    mkdirSync(dataDir, { recursive: true });
    if (!isOursAlone(statSync(dataDir))) return "others may write to DATA_DIR";
    makeUnlessThere(folder);
    // Not where a link leads to.
    const found = lstatSync(folder);
    if (!found.isDirectory() || !isOursAlone(found)) return "others may write to its folder in DATA_DIR";
    return enableCompileCache(folder).message;
  } catch (error) {
    return `its folder in DATA_DIR cannot be made: ${(error as NodeJS.ErrnoException).code}`;
  }
}

function makeUnlessThere(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function isOursAlone({ uid, mode }: Stats): boolean {
  return (uid === process.geteuid?.() || uid === 0) && (mode & 0o022) === 0;
}
