/**
 * A PostgreSQL server for one test alone, which may therefore stop it, kill it and freeze it. It is the
 * embedded one, set up as the service's own, and nobody starts it again but the test.
 */
import { readFileSync, rmSync } from "node:fs";
import { appendFile, chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chooseAccount } from "../../src/store/embedded/account.ts";
import { findPackage, placeBinaries } from "../../src/store/embedded/binaries.ts";
import { ensureCluster } from "../../src/store/embedded/cluster.ts";
import { isAlive, readPostmaster, sendSignal } from "../../src/store/embedded/postmaster.ts";
import { databaseName, provision, roles } from "../../src/store/embedded/provision.ts";
import { startServer } from "../../src/store/embedded/server.ts";
import { socketFolderFor } from "../../src/store/embedded/socket-folder.ts";
import { onConnection } from "../store/database.ts";
import { createProxy, type Proxy as DatabaseProxy } from "../store/proxy.ts";
import { childrenOf } from "./children.ts";

/** A server of one's own, with an empty database that has the service's name and roles. */
export type OwnPostgres = {
  /** Logs in as the service does, by way of the proxy. */
  readonly url: string;
  /** Logs in as the database's owner, past the proxy: for migrations. */
  readonly ownerUrl: string;
  /** Logs in as a superuser, past the proxy, to the service's database. */
  readonly superuserUrl: string;
  /** What stands before the server: it can refuse, swallow, delay and reset. */
  readonly proxy: DatabaseProxy;
  /** The user that the server runs as; undefined for our own. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
  /** Runs statements as a superuser. */
  run(...statements: readonly string[]): Promise<void>;
  /** Starts the server, and resolves when it takes connections; recovery included, after a crash. */
  start(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: nothing is finished, nothing is written down. Resolves when it is gone. */
  stopHard(): Promise<void>;
  /** Kills the server and each of its processes by SIGKILL. Resolves when all are gone. */
  kill(): Promise<void>;
  /** Stops hard and starts again. */
  restart(): Promise<void>;
  /** Stops each of its processes where it is; the kernel still takes connections in their name. */
  freeze(): void;
  thaw(): void;
  /** Takes everything away, whatever state it is in. */
  close(): Promise<void>;
};

/** How the server is set up. */
export type OwnPostgresOptions = {
  /** Lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether it acknowledges what it has not written yet, so that a crash loses it: the control of a crash test. */
  readonly lossy?: boolean;
};

/** Sets a server up and starts it, which takes about two seconds. */
export async function startOwnPostgres({
  settings = {},
  lossy = false,
}: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "dash-own-"));
  const dataFolder = join(folder, "data");
  const account = await chooseAccount(dataFolder);
  await chmod(folder, 0o711);
  const progress = () => {};
  const binaries = await placeBinaries(findPackage(), folder, account, progress);
  const password = await ensureCluster({ folder, dataFolder, binaries, account, progress });
  const lines = Object.entries({ ...settings, ...(lossy && { wal_writer_delay: "10s" }) });
  await appendFile(
    join(dataFolder, "postgresql.conf"),
    lines.map(([name, value]) => `${name} = '${value}'\n`).join(""),
  );

  const socketFolder = socketFolderFor(join(folder, "socket"), password);
  const plan = { binaries, dataFolder, socketFolder, logFile: join(folder, "server.log"), account };
  const urlOf = (role: string, database: string) =>
    `postgres://${role}:${password}@${encodeURIComponent(socketFolder)}:5432/${database}`;
  const superuserUrl = urlOf("postgres", databaseName);
  let pid = 0;
  const start = async () => {
    pid = (await startServer(plan)).pid;
  };
  const all = () => [pid, ...childrenOf(pid)];
  const cutDown = () => {
    for (const each of pid > 1 ? all() : []) sendSignal(each, "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", cutDown);

  const end = async (signal: NodeJS.Signals, to: readonly number[]) => {
    const pids = all();
    for (const each of to) sendSignal(each, signal);
    while (pids.some(runs)) await sleep(5);
  };
  const stopHard = () => end("SIGQUIT", [pid]);
  const run = (...statements: readonly string[]) =>
    onConnection(superuserUrl, async ({ sql }) => {
      for (const statement of statements) await sql.unsafe(statement);
    });

  await start();
  await provision(urlOf("postgres", "postgres"), password);
  // The server's own command line says otherwise, which a database's setting outranks.
  if (lossy) await run(`alter database ${databaseName} set synchronous_commit = off`);
  const proxy = await createProxy(urlOf(roles.app, databaseName));
  return {
    url: proxy.url,
    ownerUrl: urlOf(roles.owner, databaseName),
    superuserUrl,
    proxy,
    account,
    run,
    start,
    stopHard,
    kill: () => end("SIGKILL", all()),
    async restart() {
      await stopHard();
      await start();
    },
    freeze() {
      // The server first, so that it starts no process meanwhile.
      sendSignal(pid, "SIGSTOP");
      for (const each of childrenOf(pid)) sendSignal(each, "SIGSTOP");
    },
    thaw() {
      for (const each of all()) sendSignal(each, "SIGCONT");
    },
    async close() {
      await proxy.close();
      if ((await readPostmaster(dataFolder)) !== undefined) await end("SIGKILL", all());
      cutDown();
      process.off("exit", cutDown);
    },
  };
}

/** Whether a process is there and does anything: one that nobody buries is not. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux" && isAlive(pid);
  }
}
