/**
 * Bundles the browser's scripts into `gen/assets`, from where the service serves them: that of dashboards, and that of
 * the preview page. The last step of `npm run generate`, because the generator before it empties `gen`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { projectDir } from "../main/paths.ts";

/** What is bundled, by the name that it has in `gen/assets`. */
const scripts = {
  "dashboard.js": "src/page/runtime/main.ts",
  "preview.js": "src/preview/runtime/main.ts",
} as const;

/** Returns a script as it is served: one file without imports, minified. The same sources give the same bytes. */
export async function bundleRuntime(name: keyof typeof scripts = "dashboard.js"): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: projectDir,
    entryPoints: [scripts[name]],
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
  const folder = join(projectDir, "gen/assets");
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(scripts) as (keyof typeof scripts)[]) {
    writeFileSync(join(folder, name), await bundleRuntime(name));
  }
}
