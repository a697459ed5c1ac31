import { writeFile } from "node:fs/promises";
import { usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { readSchema } from "./schema-file.ts";
import type { Tools } from "./tools.ts";

/** Prints the JSON Schema of a definition, or writes it to a file. */
export async function schema({ terminal }: Tools, file: string | undefined): Promise<ExitCode> {
  const text = await readSchema();
  if (file === undefined) {
    await terminal.write(text);
    return exitCodes.done;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw usageError(`${file} cannot be written`, cause);
  }
  terminal.result({ file }, file);
  return exitCodes.done;
}
