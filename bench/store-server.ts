import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../src/log/log.ts";
import { type EmbeddedDatabase, openEmbeddedDatabase } from "../src/store/embedded/database.ts";
import { roles } from "../src/store/embedded/provision.ts";
import { migrateDatabase } from "../src/store/migrate.ts";
import { cutDatabaseDown } from "../test/process.ts";
import { onConnection } from "../test/store/database.ts";

/** The addresses of a migrated database: by which the service logs in, its owner, and a superuser. */
type StoreDatabase = Pick<EmbeddedDatabase, "url" | "ownerUrl" | "superuserUrl">;

/**
 * A PostgreSQL server of a benchmark's own, set up as the service sets up its own: every commit is on the disk. Its
 * end, and that of this process, take all that it had.
 */
export type StoreServer = EmbeddedDatabase & {
  /** A folder that goes with the server. */
  readonly folder: string;
  /** Makes an empty database with the service's tables. */
  createDatabase(name: string): Promise<StoreDatabase>;
};

/** Starts it, in a temporary folder. */
export async function openStoreServer(): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  // The server runs as another user where this process is root's.
  chmodSync(folder, 0o755);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const own = join(folder, "postgres");
  const cutDown = () => {
    cutDatabaseDown(join(own, "data"));
    // Nothing but this moment to let it go: the event loop has stopped.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    remove();
  };
  process.once("exit", cutDown);
  const server = await openEmbeddedDatabase({ folder: own, log: createLog("silent"), progress: () => {} });
  return {
    ...server,
    folder,
    async createDatabase(name) {
      const { url, ownerUrl, superuserUrl } = server;
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
