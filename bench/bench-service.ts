import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDevelopmentIssuer } from "../src/auth/development-issuer.ts";
import { parseConfig } from "../src/config/config.ts";
import { createLog } from "../src/log/log.ts";
import { limitHeapGrowth } from "../src/main/heap-growth.ts";
import { startService } from "../src/main/service.ts";
import { basePath } from "../test/load/world.ts";
import { serveParent, startChild } from "./child.ts";
import type { BenchWarehouse } from "./warehouse.ts";

/** The service in a process of its own, with every guard on. */
export type BenchService = {
  /** Scheme, host and port. */
  readonly url: string;
  /** Where the documented paths begin. */
  readonly api: string;
  /** Of the tenant `bench`, that may do everything, for a day. */
  readonly token: string;
  /** Returns a token of another tenant, that may do the same. */
  tokenOf(tenant: string): Promise<string>;
  /** Returns the CPU time that the process has taken, in microseconds. */
  cpuUs(): Promise<number>;
  end(): Promise<void>;
};

/** The host by which a connection reaches the warehouse. */
export const warehouseHost = "bench-warehouse";

/** Each call is counted, and none refused: a bench asks more than people. A line a request is logged, to a file. */
const settings = { PORT: "0", DEMO: "off", RATE_PER_SECOND: "100000", RATE_BURST: "100000", LOG_LEVEL: "info" };

/** Starts the service, its own data on the warehouse's server. */
export function startBenchService({ url, ownerUrl, socket }: BenchWarehouse): Promise<BenchService> {
  return startServiceWith({
    DATABASE_URL: url,
    DATABASE_MIGRATE_URL: ownerUrl,
    ALLOWED_HOSTS: `${warehouseHost}:5432=${socket}`,
  });
}

/**
 * Starts the service with these environment variables; unless they name a database, with the embedded one, and
 * unless they name a folder, in one of its own.
 */
export async function startServiceWith(env: Readonly<Record<string, string>> = {}): Promise<BenchService> {
  const child = await startChild<{ url: string; dataDir: string }>(import.meta.filename, { ...settings, ...env });
  const { url, dataDir } = child.ready;
  const tokenOf = async (tenant: string) => {
    const issuer = await openDevelopmentIssuer(dataDir, Date.now);
    const scopes = ["dashboards:render", "dashboards:publish", "dashboards:share", "connections:write"];
    return issuer.mint({ tenant, subject: "bench", scopes, expiresInS: 86_400 });
  };
  return {
    url,
    api: `${url}${basePath}`,
    token: await tokenOf("bench"),
    tokenOf,
    cpuUs: child.cpuUs,
    end: child.end,
  };
}

// Started as a process, it is the service; the folder of its own goes with it.
if (import.meta.main) {
  serveParent<Readonly<Record<string, string>>>(async (env) => {
    const own = env.DATA_DIR === undefined ? makeFolder() : undefined;
    const remove = () => own !== undefined && rmSync(own, { recursive: true, force: true, maxRetries: 5 });
    limitHeapGrowth();
    try {
      const config = parseConfig(env, own ?? "");
      const service = await startService(config, { log: createLog(config.logLevel) });
      const close = () => service.close().finally(remove);
      return { ready: { url: service.url, dataDir: config.dataDir }, close };
    } catch (error) {
      remove();
      throw error;
    }
  });
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dashboards-bench-"));
  // Queries and the database run as other users, who must get through.
  chmodSync(folder, 0o755);
  return folder;
}
