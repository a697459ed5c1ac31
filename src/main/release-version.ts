import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "./paths.ts";

/** Returns the version of this release, such as `0.1.0`, as package.json has it. */
export function releaseVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectDir, "package.json"), "utf8")) as { version: string };
  return version;
}
