import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../src/log/log.ts";
import { type Connection, connect } from "../src/store/connection.ts";
import { openEmbeddedDatabase } from "../src/store/embedded/database.ts";
import { readPostmaster } from "../src/store/embedded/postmaster.ts";
import { roles } from "../src/store/embedded/provision.ts";
import { migrateDatabase } from "../src/store/migrate.ts";

/** A migrated database: the addresses by which the service logs in, its owner, and a superuser. */
type StoreDatabase = { readonly url: string; readonly ownerUrl: string; readonly superuserUrl: string };

/** A PostgreSQL server of a benchmark's own, set up as the service sets up its own: every commit is on the disk. */
export type StoreServer = {
  /** A folder that goes with the server. */
  readonly folder: string;
  /** The path of its socket. */
  readonly socket: string;
  /** Makes an empty database with the service's tables. */
  createDatabase(name: string): Promise<StoreDatabase>;
  /** Ends the server, and removes all that it had. So does the end of this process, should that come first. */
  close(): Promise<void>;
};

/** Starts it, in a temporary folder. */
export async function openStoreServer(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  // The server runs as another user where this process is root's.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  let pid: number | undefined;
  const cutDown = () => {
    if (pid !== undefined) process.kill(pid, "SIGQUIT");
    // Nothing but this moment to let it go: the event loop has stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    remove();
  };
  process.once("exit", cutDown);
  const options = { folder: join(folder, "postgres"), log: createLog("silent"), progress: () => {} };
  const server = await openEmbeddedDatabase(options);
  pid = (await readPostmaster(join(options.folder, "data")))!.pid;
  const { url, ownerUrl, superuserUrl, socket } = server;
  return {
    folder,
    socket,
    async createDatabase(name) {
      await onConnection(superuserUrl, ({ sql }) => sql.unsafe(`create database ${name} owner ${roles.owner}`));
      const [service, owner, superuser] = [url, ownerUrl, superuserUrl].map((each) => each.replace(/[^/]*$/, name));
      await migrateDatabase(owner!);
      return { url: service!, ownerUrl: owner!, superuserUrl: superuser! };
    },
    async close() {
      await server.close();
      remove();
      process.off("exit", cutDown);
    },
  };
}

/** Does the work on a connection that ends with it. */
export async function onConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, { session: false, withinMs: 5_000 });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
