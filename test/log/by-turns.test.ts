import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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

test("whoever reads the log may go away", async () => {
  const code = `
    import { createLog } from ${JSON.stringify(log)};
    const log = createLog("info");
    log.info("first");
    process.stdin.once("data", () => {
      let left = 100;
      const timer = setInterval(() => {
        log.info("nobody reads this");
        left -= 1;
        if (left === 0) clearInterval(timer), console.log("done"), process.stdin.destroy();
      }, 1);
    });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "pipe" });
  await once(child.stderr, "data");
  child.stderr.destroy();
  child.stdin.write("go on\n");
  const [said] = await once(child.stdout, "data");
  assert.is(`${said}`, "done\n");
  const [status] = await once(child, "exit");
  assert.is(status, 0);
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
