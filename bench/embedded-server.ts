import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../src/log/log.ts";
import { type EmbeddedDatabase, openEmbeddedDatabase } from "../src/store/embedded/database.ts";
import { readPostmaster } from "../src/store/embedded/postmaster.ts";

/** A PostgreSQL server of a benchmark's own. Its end, and that of this process, take all that it had. */
export type BenchServer = EmbeddedDatabase & {
  /** A folder that goes with the server. */
  readonly folder: string;
};

/** Starts a server as the service starts its own: every commit is on the disk. */
export async function openBenchServer(): Promise<BenchServer> {
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
  pid = (await readPostmaster(join(options.folder, "data")))?.pid;
  return {
    ...server,
    folder,
    async close() {
      await server.close();
      process.off("exit", cutDown);
      remove();
    },
  };
}
