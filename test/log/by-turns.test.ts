import { spawnSync } from "node:child_process";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";

const test = suite("log, by turns");
const log = new URL("../../src/log/log.ts", import.meta.url).href;

/** Runs a program that logs, and returns what it has written, in its order. */
function run(program: string): string[] {
  const code = `import { createLog } from ${JSON.stringify(log)}; const log = createLog("info"); ${program}`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).msg);
}

test("all that is said is written, in its order, also by a process that ends at once", () => {
  const saying = `for (let at = 0; at < 1000; at += 1) log.info(String(at));`;
  const all = Array.from({ length: 1_000 }, (_, at) => `${at}`);
  assert.equal(run(saying), all);
  assert.equal(run(`${saying} process.exit(3);`), all);
  assert.equal(run(`${saying} throw new Error("it failed");`), all);
});

test("a turn's lines are written when it is over", () => {
  const lines = run(`
    import fs from "node:fs";
    log.info("first");
    setImmediate(() => setImmediate(() => {
      fs.writeSync(2, '{"msg":"written past the log"}\\n');
      log.info("last");
    }));
  `);
  assert.equal(lines, ["first", "written past the log", "last"]);
});

test.run();
