import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as assert from "uvu/assert";
import { projectDir } from "../../src/main/paths.ts";
import { suite } from "../harness.ts";

/** `.ci/audit` with an npm in the place of the real one, which answers as a registry might. */
const test = suite("audit of dependencies");
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "audit-"));
test.after(() => rmSync(folder, { recursive: true }));

async function audit(answer: string, exitCode: number): Promise<{ code: number; said: string }> {
  writeFileSync(join(folder, "npm"), `#!/bin/sh\ncat <<'END'\n${answer}\nEND\nexit ${exitCode}\n`);
  chmodSync(join(folder, "npm"), 0o755);
  const PATH = `${folder}:${dirname(process.execPath)}:${process.env.PATH}`;
  return run(join(projectDir, ".ci/audit"), { env: { PATH } }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stdout }) => ({ code, said: stdout }),
  );
}

const found = (severity: string) => ({
  vulnerabilities: { eta: { name: "eta", severity } },
  metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0, total: 1, [severity]: 1 } },
});

test("flaws of high and critical severity fail it, by name", async () => {
  for (const severity of ["high", "critical"]) {
    const { code, said } = await audit(JSON.stringify(found(severity)), 1);
    assert.is(code, 1, severity);
    assert.match(said, `eta (${severity})`);
  }
});

test("lesser ones, and none, do not", async () => {
  const moderate = await audit(JSON.stringify(found("moderate")), 1);
  assert.is(moderate.code, 0);
  assert.match(moderate.said, "eta (moderate)");
  const none = { vulnerabilities: {}, metadata: { vulnerabilities: { high: 0, critical: 0 } } };
  assert.equal(await audit(JSON.stringify(none), 0), { code: 0, said: "npm audit: no known flaws\n" });
});

test("a registry that does not answer is told of", async () => {
  for (const [answer, why] of [
    [JSON.stringify({ message: "405 Method Not Allowed", statusCode: 405, error: {} }), "405"],
    ["", "no answer"],
    ["<html>", "no answer"],
  ] as const) {
    const { code, said } = await audit(answer, 1);
    assert.equal([code, said], [0, `npm audit: nothing was checked, the registry does not answer it (${why})\n`]);
  }
});

test.run();
