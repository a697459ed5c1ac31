import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { is, match, ok } from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";

const test = suite("compiled code");
const root = mkdtempSync(join(tmpdir(), "compiled-"));
test.after(() => rmSync(root, { recursive: true }));

/** Has a process keep what it loads, and returns what it was told. */
function keep(dataDir: string, env: Record<string, string> = {}): string {
  const script = `
    import { getCompileCacheDir } from "node:module";
    import { keepCompiledCode } from "${projectDir}/src/main/compiled-code.ts";
    const problem = keepCompiledCode(${JSON.stringify(dataDir)});
    await import("${projectDir}/src/main/elapsed.ts");
    console.log(problem ?? "kept", getCompileCacheDir() ?? "nowhere");`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env }).trim();
}

const filesIn = (folder: string) => readdirSync(folder, { recursive: true }).length;

test("what was loaded is in a folder of the data folder that nobody else can enter", () => {
  const dataDir = join(root, "new", "data");
  ok(keep(dataDir).startsWith(`kept ${dataDir}/compiled/`));
  is(statSync(join(dataDir, "compiled")).mode & 0o777, 0o700);
  ok(filesIn(join(dataDir, "compiled")) > 1, "nothing was kept");
});

test("nothing is kept where others may write, or may put another folder in its place", () => {
  const open = join(root, "open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  is(keep(open), "others may write to DATA_DIR nowhere");

  const shared = join(root, "shared");
  mkdirSync(join(shared, "compiled"), { recursive: true });
  chmodSync(join(shared, "compiled"), 0o770);
  is(keep(shared), "others may write to its folder in DATA_DIR nowhere");
  is(filesIn(join(shared, "compiled")), 0);

  const linked = join(root, "linked");
  mkdirSync(linked);
  symlinkSync(join(root, "elsewhere"), join(linked, "compiled"));
  mkdirSync(join(root, "elsewhere"));
  is(keep(linked), "others may write to its folder in DATA_DIR nowhere");
  is(filesIn(join(root, "elsewhere")), 0);
});

test("a data folder that cannot be made costs a start its kept code and nothing else", () => {
  writeFileSync(join(root, "file"), "");
  match(keep(join(root, "file", "data")), /^its folder in DATA_DIR cannot be made: E[A-Z]+ nowhere$/);
});

test("the operator's folder is used instead", () => {
  const own = join(root, "own");
  const dataDir = join(root, "unused");
  ok(keep(dataDir, { NODE_COMPILE_CACHE: own }).startsWith(`kept ${own}/`));
});

test.run();
