import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { projectDir } from "../main/paths.ts";

/** The name of the schema beside pulled files. */
export const schemaName = "definition.schema.json";

/** Returns the first line of a YAML file, by which editors find the schema in a folder at or above the file's. */
export function schemaLine(file: string, folder: string): string {
  const path = relative(dirname(file), join(folder, schemaName)).split(sep).join("/");
  return `# yaml-language-server: $schema=${path}\n`;
}

/** Reads the JSON Schema (2020-12) of a definition, which comes with the command. */
export function readSchema(): Promise<string> {
  return readFile(join(projectDir, "gen", schemaName), "utf8");
}
