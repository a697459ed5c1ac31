import { chmodSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectDir } from "../../src/main/paths.ts";
import { createCodeCache } from "../fault/code-cache.ts";

/** Makes a folder in which commands find all that they find in the project's, and what they leave is nobody else's. */
export function createProjectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dash-project-"));
  // Databases and readers of files are other users.
  chmodSync(folder, 0o755);
  for (const name of readdirSync(projectDir)) {
    if (!name.startsWith(".")) symlinkSync(join(projectDir, name), join(folder, name));
  }
  return folder;
}

/** What a developer's terminal has in it, with the project's own Node before any other. Commands of npm ask no registry. */
export const terminalEnv = {
  PATH: `${join(projectDir, "node_modules/.bin")}:${process.env.PATH}`,
  HOME: process.env.HOME ?? "/",
  npm_config_offline: "true",
  npm_config_update_notifier: "false",
  ...createCodeCache(),
};
