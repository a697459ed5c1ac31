import { chmod, mkdir, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Log } from "../../log/log.ts";
import { chooseAccount } from "./account.ts";
import { findPackage, placeBinaries } from "./binaries.ts";
import { ensureCluster } from "./cluster.ts";
import { takeOwnerLock } from "./owner-lock.ts";
import { isAlive, type Postmaster } from "./postmaster.ts";
import { databaseName, provision, roles } from "./provision.ts";
import { type ServerPlan, startServer, stopServer } from "./server.ts";
import { socketFolderFor } from "./socket-folder.ts";

/** A PostgreSQL server of our own. */
export type EmbeddedServer = {
  /** Logs in as the superuser. */
  readonly superuserUrl: string;
  /** The path of the socket that it listens on, and on nothing else. */
  readonly socket: string;
};

/** The service's database on it. */
export type EmbeddedDatabase = EmbeddedServer & {
  /** Logs in as `dash_app`. */
  readonly url: string;
  /** Logs in as the owner of the database. */
  readonly ownerUrl: string;
  /** Stops the server and gives the folder back. */
  close(): Promise<void>;
};

/** Where it keeps everything, and who is told. */
export type EmbeddedOptions = {
  readonly folder: string;
  readonly log: Log;
  /** Told what a first start is doing, a line at a time. */
  readonly progress: (line: string) => void;
};

/** How often to see whether the server is still there. */
const watchMs = 250;

/**
 * Opens the PostgreSQL 18 that comes from npm. The folder is this process's own until it ends: a
 * second one is refused. A server that a killed process left running is taken over, and one that dies
 * is started again. Fails, saying so, where this platform has no such server and DATABASE_URL is needed.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { log, progress } = options;
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const unlock = takeOwnerLock(join(folder, "owner.lock"));
  try {
    const dataFolder = join(folder, "data");
    const account = await chooseAccount(dataFolder);
    // The server's user has to get through; what is inside is closed by itself.
    if (account !== undefined) await chmod(folder, 0o711);
    const binaries = await placeBinaries(findPackage(), folder, account, progress);
    const password = await ensureCluster({ folder, dataFolder, binaries, account, progress });
    const socketFolder = socketFolderFor(join(folder, "socket"), password);
    const plan = { binaries, dataFolder, socketFolder, logFile: join(folder, "server.log"), account };
    const server = await startServer(plan);
    const urlOf = (role: string, database: string) =>
      `postgres://${role}:${password}@${encodeURIComponent(server.socketFolder)}:5432/${database}`;
    const superuserUrl = urlOf("postgres", "postgres");
    await provision(superuserUrl, password).catch(async (error) => {
      await stopServer(server);
      throw error;
    });
    const stop = keepRunning(plan, server, log);
    return {
      url: urlOf(roles.app, databaseName),
      ownerUrl: urlOf(roles.owner, databaseName),
      superuserUrl,
      socket: join(server.socketFolder, ".s.PGSQL.5432"),
      async close() {
        await stop();
        await rmdir(socketFolder).catch(() => {});
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Starts the server again when it dies, until the returned function stops it. */
function keepRunning(plan: ServerPlan, first: Postmaster, log: Log): () => Promise<void> {
  let server = first;
  let starting: Promise<void> | undefined;
  const restart = async () => {
    log.warn("the embedded PostgreSQL died and is started again");
    try {
      server = await startServer(plan);
    } catch (error) {
      log.error({ error }, "the embedded PostgreSQL did not start");
    }
    starting = undefined;
  };
  const watch = setInterval(() => {
    if (!isAlive(server.pid)) starting ??= restart();
  }, watchMs);
  watch.unref();

  return async () => {
    clearInterval(watch);
    await starting;
    await stopServer(server);
  };
}
