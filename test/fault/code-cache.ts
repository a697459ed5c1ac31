import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const name = "NODE_COMPILE_CACHE";
const given = process.env[name];

/** The variable that names the folder of compiled code that this process was given; no variable if it was not. */
export const givenCodeCache: Readonly<Record<string, string>> = given === undefined ? {} : { [name]: given };

/**
 * Makes a folder in which processes that ended in order leave their code compiled, for those after them: a start
 * then takes two thirds of the time. Returns the environment variable that names it. It goes with this process,
 * unless it is the one that this process was given.
 */
export function createCodeCache(): Readonly<Record<string, string>> {
  if (given !== undefined) return givenCodeCache;
  const folder = mkdtempSync(join(tmpdir(), "dash-code-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return { [name]: folder };
}
