import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { InsideTask } from "../inside.ts";
import type { CaseResult, EndOfRun } from "../results.ts";
import type { RunCases } from "../worlds.ts";
import { sandbox } from "./leaves-machine.ts";

/** How long all cases may take together where they are sampled down: three times what they do on two busy cores. */
const maxMs = 160_000;

/** Runs cases in a process of its own, within a network namespace where the machine allows one. */
export const runInside: RunCases = async (cases, options, tell) => {
  const held = sandbox();
  const isolated = "enter" in held;
  const inside = join(import.meta.dirname, "../inside.ts");
  const [command = "", ...parts] = isolated ? [...held.enter, process.execPath, inside] : [process.execPath, inside];
  // A database of others cannot be reached from within.
  const { TEST_DATABASE_URL, ...env } = process.env;
  if (!isolated && TEST_DATABASE_URL !== undefined) env.TEST_DATABASE_URL = TEST_DATABASE_URL;
  const child = spawn(command, parts, { env, stdio: ["pipe", "inherit", "inherit", "pipe"] });
  // It ends its service and its database with itself.
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  const timer = options.thorough ? undefined : setTimeout(kill, maxMs);
  const input = child.stdin as Writable;
  // A child that is gone is told of by its end.
  input.on("error", () => {});
  input.end(JSON.stringify({ cases, options, isolated } satisfies InsideTask));
  const end = Promise.withResolvers<EndOfRun>();
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    const told = JSON.parse(line) as CaseResult | EndOfRun;
    if ("id" in told) tell(told);
    else end.resolve(told);
  });
  child.once("close", (code) => {
    process.off("exit", kill);
    clearTimeout(timer);
    end.reject(new Error(`what runs the cases has ended with ${code}`));
  });
  return end.promise;
};
