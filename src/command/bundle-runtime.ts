/**
 * Bundles the browser's script into `gen/assets/dashboard.js`, which the service serves. The last step of
 * `npm run generate`, because the generator before it empties `gen`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { projectDir } from "../main/paths.ts";

/** Returns the script as it is served: one file without imports, minified. The same sources give the same bytes. */
export async function bundleRuntime(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: projectDir,
    entryPoints: ["src/page/runtime/main.ts"],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    // Without the project's own, which add a directive that scripts made of modules can do without.
    tsconfigRaw: {},
    write: false,
  });
  return outputFiles[0]!.text;
}

if (import.meta.main) {
  const file = join(projectDir, "gen/assets/dashboard.js");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await bundleRuntime());
}
