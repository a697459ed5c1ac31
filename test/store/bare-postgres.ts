import { rmSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseAccount } from "../../src/store/embedded/account.ts";
import { findPackage, placeBinaries } from "../../src/store/embedded/binaries.ts";
import { ensureCluster } from "../../src/store/embedded/cluster.ts";
import { startServer, stopServer } from "../../src/store/embedded/server.ts";
import { socketFolderFor } from "../../src/store/embedded/socket-folder.ts";

/** A PostgreSQL server as an administrator finds it after installing one: with a superuser, and nothing else. */
export type BarePostgres = {
  /** Logs a role in to a database. */
  urlOf(role: string, password: string, database: string): string;
  /** Logs in as the superuser. */
  superuserUrl(database: string): string;
  /** Where it listens: the folder of its socket, encoded as the host of an address, and the port. */
  readonly address: string;
  close(): Promise<void>;
};

/** Starts one, of the programs in a folder or of the embedded package, which takes about two seconds. */
export async function startBarePostgres(programs?: string): Promise<BarePostgres> {
  const folder = await mkdtemp(join(tmpdir(), "dash-bare-"));
  const dataFolder = join(folder, "data");
  const account = await chooseAccount(dataFolder);
  await chmod(folder, 0o711);
  const progress = () => {};
  const binaries = programs ?? (await placeBinaries(findPackage(), folder, account, progress));
  const password = await ensureCluster({ folder, dataFolder, binaries, account, progress });
  const socketFolder = socketFolderFor(join(folder, "socket"), password);
  const server = await startServer({
    binaries,
    dataFolder,
    socketFolder,
    logFile: join(folder, "server.log"),
    account,
  });
  const cutDown = () => {
    try {
      process.kill(server.pid, "SIGQUIT");
    } catch {
      // It is gone.
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", cutDown);
  const address = `${encodeURIComponent(socketFolder)}:5432`;
  const urlOf = (role: string, secret: string, database: string) =>
    `postgres://${role}:${secret}@${address}/${database}`;
  return {
    urlOf,
    superuserUrl: (database) => urlOf("postgres", password, database),
    address,
    async close() {
      await stopServer(server);
      process.off("exit", cutDown);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
