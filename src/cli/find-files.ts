import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { usageError } from "./cli-error.ts";

/** A file that may hold a definition. */
export type FoundFile = {
  readonly path: string;
  /** Whether it was named itself, and is no find in a folder, where other files may be. */
  readonly isNamed: boolean;
};

/**
 * Finds the YAML and JSON files of files and folders, each once: in folders at any depth, in the order of their paths,
 * without what is hidden, `node_modules` and `*.schema.json`. Throws an error of usage for what is not there.
 */
export async function findFiles(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const path of paths) {
    if (!(await isFolder(path))) found.set(path, { path, isNamed: true });
    else for (const file of await filesOf(path)) if (!found.has(file)) found.set(file, { path: file, isNamed: false });
  }
  return [...found.values()];
}

/** Tells whether a name is that of a file which may hold a definition. */
export function isDefinitionName(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name) && !/\.schema\.json$/i.test(name);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw usageError(`${path} is not there, or cannot be read`, cause);
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !isPassedBy(name));
  const found: string[] = [];
  // By code units, so that the order is the same on every machine.
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesOf(path)));
    else if (entry.isFile() && isDefinitionName(entry.name)) found.push(path);
  }
  return found;
}

function isPassedBy(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}
