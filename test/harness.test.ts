import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "./harness.ts";

const test = suite("harness");
const folder = mkdtempSync(join(import.meta.dirname, ".harness-"));

test.after(() => rmSync(folder, { recursive: true }));

test("a suite that passes exits 0 and is counted", () => {
  const { status, lastLine } = run(`test("a", () => {}); test("b", () => {}); test.run();`);
  assert.is(status, 0);
  assert.is(lastLine, "2 passed, 0 failed");
});

test("a forgotten run() fails", () => {
  const { status, lastLine } = run(`test("a", () => {});`);
  assert.is(status, 1);
  assert.is(lastLine, "0 passed, 1 failed");
});

test("a before hook that throws fails", () => {
  const { status, lastLine } = run(`test.before(() => { throw new Error("x"); }); test("a", () => {}); test.run();`);
  assert.is(status, 1);
  assert.is(lastLine, "0 passed, 1 failed");
});

test("an after hook that throws fails", () => {
  const { status, lastLine } = run(`test.after(() => { throw new Error("x"); }); test("a", () => {}); test.run();`);
  assert.is(status, 1);
  assert.is(lastLine, "1 passed, 1 failed");
});

test("a test that throws fails, and the others still run", () => {
  const { status, lastLine } = run(`test("a", () => { throw new Error("x"); }); test("b", () => {}); test.run();`);
  assert.is(status, 1);
  assert.is(lastLine, "1 passed, 1 failed");
});

test("a skip says why and is counted apart", () => {
  const { status, stdout, lastLine } = run(`test.skip("c", "no such engine here"); test("a", () => {}); test.run();`);
  assert.is(status, 0);
  assert.match(stdout, "skipped: s: c: no such engine here");
  assert.is(lastLine, "1 passed, 0 failed, 1 skipped");
});

test("a run without any test fails", () => {
  assert.is(run("test.run();").status, 1);
});

test.run();

function run(body: string): { status: number | null; stdout: string; lastLine: string | undefined } {
  const file = join(folder, "case.ts");
  writeFileSync(file, `import { suite } from "../harness.ts"; const test = suite("s"); ${body}`);
  const { status, stdout } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  return { status, stdout, lastLine: stdout.trim().split("\n").at(-1) };
}
