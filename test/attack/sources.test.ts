/**
 * Hostile filters, queries, addresses and upstreams (groups 05 and 12 to 15 of the corpus, and `own/sources.json`)
 * against the real service, which reads a real warehouse and upstreams that lie. All of it runs in a network
 * namespace of its own, from which nothing gets out and where every contact is seen; where the kernel allows none,
 * on loopback, without the cases whose success would leave the machine. A case that did not run has failed.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import type { CaseResult, EndOfRun } from "./inside.ts";
import { isLogLine } from "./properties/state.ts";
import { openSandbox } from "./sandbox.ts";
import { loadSourceCases } from "./source-cases.ts";

const test = suite("attack on sources");
const sandbox = openSandbox();
const isolated = "enter" in sandbox;
const { cases, skipped } = loadSourceCases(isolated);
const results = new Map<string, PromiseWithResolvers<CaseResult>>();
const end = Promise.withResolvers<EndOfRun>();
const tolerated: string[] = [];
let summary = "";

/** How long all cases may take together: three times what they do on two busy cores. */
const maxMs = 160_000;

test.before(() => {
  const inside = join(import.meta.dirname, "inside.ts");
  const [command = "", ...parts] = isolated
    ? [...sandbox.enter, process.execPath, inside, "isolated"]
    : [process.execPath, inside];
  // A database of others cannot be reached from within.
  const { TEST_DATABASE_URL, ...env } = process.env;
  if (!isolated && TEST_DATABASE_URL !== undefined) env.TEST_DATABASE_URL = TEST_DATABASE_URL;
  const child = spawn(command, parts, { env, stdio: ["ignore", "inherit", "inherit", "pipe"] });
  // It ends its service and its database with itself.
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  // Each test waits for what it does: without an end of it, each would wait as long as a test may.
  const timer = setTimeout(kill, maxMs);
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    const told = JSON.parse(line) as CaseResult | EndOfRun;
    if ("id" in told) results.get(told.id)?.resolve(told);
    else end.resolve(told);
  });
  child.once("close", (code) => {
    process.off("exit", kill);
    clearTimeout(timer);
    const gone = new Error(`it did not run: what runs the cases has ended with ${code}`);
    for (const { reject } of results.values()) reject(gone);
    end.reject(gone);
  });
});

test.after(() => {
  if (isolated) sandbox.dispose();
  console.log(`\n${summary}`);
  for (const name of tolerated) console.log(`tolerated: ${name}`);
});

for (const attack of cases) {
  const name = `${attack.id} ${attack.name}`;
  const reason = skipped.get(attack.id);
  if (reason !== undefined) {
    test.skip(name, reason);
    continue;
  }
  const result = Promise.withResolvers<CaseResult>();
  // One that is never awaited fails with its test, not with the process.
  result.promise.catch(() => {});
  results.set(attack.id, result);
  test(name, async () => {
    const { verdict, problem } = await result.promise;
    if (verdict === "failed") throw new Error(problem);
    if (verdict === "tolerated") tolerated.push(name);
  });
}
end.promise.catch(() => {});

if (isolated) {
  test("every contact that the harness makes on purpose is seen", async () => {
    const { unseen } = await end.promise;
    assert.equal(unseen, []);
  });
} else test.skip("every contact that the harness makes on purpose is seen", sandbox.reason);

test("the log is JSON lines throughout, and holds no token and nothing of a secret or a result", async () => {
  const { log, tookMs } = await end.promise;
  summary = `${results.size} cases on other systems in ${Math.round(tookMs / 1000)} s`;
  assert.equal(
    log.filter((line) => !isLogLine(line)),
    [],
  );
  assert.equal(
    log.filter((line) => /eyJ[\w-]{8,}|CANARY_/.test(line)),
    [],
  );
});

test.run();
