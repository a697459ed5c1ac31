import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fault } from "../../errors/fault.ts";
import type { Account } from "./account.ts";
import { isAlive, type Postmaster, readPostmaster, sendSignal } from "./postmaster.ts";
import { makeSocketFolder } from "./socket-folder.ts";

/** What a server is made of. */
export type ServerPlan = {
  /** The folder of PostgreSQL's programs. */
  readonly binaries: string;
  readonly dataFolder: string;
  readonly socketFolder: string;
  readonly logFile: string;
  /** Who it runs as; undefined for our own user. */
  readonly account: Account | undefined;
};

/** What a server is started with, whatever its configuration files say. */
const settings = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  shared_buffers: "64MB",
  // Statements that fail are reported to whoever sent them; their text does not belong in a log.
  log_min_error_statement: "panic",
  log_checkpoints: "off",
};

/** Recovery after a crash replays at most what was written since a checkpoint. */
const startMs = 60_000;

const pollMs = 10;

/**
 * Returns the data folder's server, ready for connections: the one that runs, be it a previous
 * process's, or a new one. It listens on the socket only, and lives on without us: a Ctrl-C that is
 * meant for the service does not reach it before the service has finished.
 */
export async function startServer(plan: ServerPlan): Promise<Postmaster> {
  const deadline = performance.now() + startMs;
  let child: ChildProcess | undefined;
  for (let starts = 0; performance.now() < deadline; await sleep(pollMs)) {
    const running = await readPostmaster(plan.dataFolder);
    if (running?.ready) return running;
    if (running !== undefined || (child !== undefined && isRunning(child))) continue;
    // The children of a server that was killed hold its memory for a moment, and no other can start.
    if (starts > 0) await sleep(200);
    if (starts === 3) break;
    starts += 1;
    child = await launch(plan);
  }
  child?.kill("SIGQUIT");
  throw fault("DEPENDENCY_DOWN", "the embedded PostgreSQL did not start: see server.log in its folder");
}

/** Stops a server and waits for it: it ends its connections, writes everything down and goes. */
export async function stopServer({ pid }: Postmaster): Promise<void> {
  const steps = [
    ["SIGINT", 10_000],
    ["SIGQUIT", 5_000],
  ] as const;
  for (const [signal, patienceMs] of steps) {
    if (!sendSignal(pid, signal)) return;
    for (let waitedMs = 0; isAlive(pid) && waitedMs < patienceMs; waitedMs += pollMs) await sleep(pollMs);
  }
}

async function launch({ binaries, dataFolder, socketFolder, logFile, account }: ServerPlan): Promise<ChildProcess> {
  await makeSocketFolder(socketFolder, account);
  const log = await open(logFile, "a", 0o600);
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(binaries, "postgres"), ["-D", dataFolder, "-k", socketFolder, "-p", "5432", ...options], {
    ...account,
    cwd: "/",
    env: {},
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.on("error", () => {});
  child.unref();
  await log.close();
  return child;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
