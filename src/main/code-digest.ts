import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "./paths.ts";

/**
 * Returns a digest of everything that decides what the service draws: its code and files, the versions of what it
 * depends on, and of Node. Equal ones draw the same; a number that somebody has to raise would be forgotten once.
 */
export function codeDigest(): string {
  const digest = createHash("sha256").update(process.version);
  const add = (name: string) =>
    digest
      .update(name)
      .update("\0")
      .update(readFileSync(join(projectDir, name)));
  add("package.json");
  for (const folder of ["src", "gen"]) {
    const files = readdirSync(join(projectDir, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(projectDir.length + 1));
    for (const file of files.sort()) add(file);
  }
  return digest.digest("base64url");
}
