#!/usr/bin/env node
/** The command `dashboards`: docs/cli.md says what it does. */
import { join } from "node:path";
import { keepCompiledCode } from "../main/compiled-code.ts";

// Whoever reads the results may have seen enough, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") console.error(error.message);
  process.exit(error.code === "EPIPE" ? 0 : 2);
});
process.stderr.on("error", () => {});

const { env, stdout, stderr } = process;
// Commands are begun many times a day, and each would compile the same. Users of containers may have no home.
const caches = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, ".cache"));
if (caches) keepCompiledCode(join(caches, "datajetty-dashboards"));
const { runCli } = await import("./program.ts");
process.exitCode = await runCli(process.argv.slice(2), { env, stdout, stderr, untilInterrupted });

function untilInterrupted(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  return ending.signal;
}
