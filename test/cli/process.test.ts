import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";
import { folderOf, wrong } from "./definitions.ts";

/** The command as a process of its own: what `runCli` alone does not show. */
const test = suite("the process of the command dashboards");

const script = join(projectDir, "src/cli/main.ts");
const folder = folderOf({ "wrong.yaml": wrong });

test.after(() => rmSync(folder, { recursive: true }));

test("results go to standard output, and what was found to the exit code", async () => {
  const child = Promise.withResolvers<{ code: number | null; out: string; err: string }>();
  const started = execFile(process.execPath, [script, "validate", "--offline", folder], { env: {} }, (_, out, err) =>
    child.resolve({ code: started.exitCode, out, err }),
  );
  const { code, out, err } = await child.promise;
  assert.is(code, 1);
  assert.match(out, "layout.panels[0].datasorce: there is no such field");
  assert.match(err, "2 problems in 1 of 1 definition");
});

test("a reader that has seen enough is no mistake", async () => {
  const child = spawn(process.execPath, [script, "schema"], { env: {}, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const [code, signal] = await once(child, "close");
  assert.equal([code, signal, err], [0, null, ""]);
});

test.run();
