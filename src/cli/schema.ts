import { type ExitCode, exitCodes } from "./exit-code.ts";
import { readSchema } from "./schema-file.ts";
import type { Tools } from "./tools.ts";
import { writeWhole } from "./write-file.ts";

/** Prints the JSON Schema of a definition, or writes it to a file. */
export async function schema({ terminal }: Tools, file: string | undefined): Promise<ExitCode> {
  const text = await readSchema();
  if (file === undefined) {
    await terminal.write(text);
    return exitCodes.done;
  }
  await writeWhole(file, text);
  terminal.result({ file }, file);
  return exitCodes.done;
}
