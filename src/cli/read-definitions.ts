import { usageError } from "./cli-error.ts";
import { findFiles } from "./find-files.ts";
import { type DefinitionFile, readDefinitionFile } from "./read-definition.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Reads the definitions of files and folders, in the order of their paths. What in folders is no definition is passed
 * by, and said to be; a dashboard that two files define is a problem of the second. Throws an error of usage where
 * there is none at all.
 */
export async function readDefinitions(
  paths: readonly string[],
  terminal: Terminal,
): Promise<readonly DefinitionFile[]> {
  const files: DefinitionFile[] = [];
  const pathOf = new Map<string, string>();
  for (const found of await findFiles(paths)) {
    const file = await readDefinitionFile(found);
    if (file === undefined) {
      terminal.note(`${found.path} is passed by: it has neither dashboard_id nor layout`);
      continue;
    }
    const first = pathOf.get(file.dashboardId);
    files.push(first === undefined || file.dashboardId === "" ? file : withTwin(file, first));
    if (first === undefined) pathOf.set(file.dashboardId, file.path);
  }
  if (files.length > 0) return files;
  throw usageError("there are no definitions: files end in .yaml, .yml or .json, and have a dashboard_id");
}

function withTwin(file: DefinitionFile, first: string): DefinitionFile {
  const problem = { field: "dashboard_id", description: `is that of ${first}, too: each dashboard has one file` };
  return { ...file, problems: [...file.problems, ...file.locate([problem])] };
}
