import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseConfig } from "../src/config/config.ts";
import { createLog } from "../src/log/log.ts";
import { startService } from "../src/main/service.ts";
import type { BenchWarehouse } from "./warehouse.ts";

/** The service in a process of its own, with every guard on. */
export type BenchService = {
  /** Where the documented paths begin. */
  readonly api: string;
  /** Of a tenant that may do everything, for an hour. */
  readonly token: string;
  /** Returns the CPU time that the process has taken, in milliseconds. */
  cpuMs(): Promise<number>;
  end(): Promise<void>;
};

/** The host by which a connection reaches the warehouse. */
export const warehouseHost = "bench-warehouse";

/** Starts the service, its own data on the warehouse's server. Only rates are raised: a bench asks more than people. */
export async function startBenchService({ folder, url, ownerUrl, socket }: BenchWarehouse): Promise<BenchService> {
  const child = fork(import.meta.filename, {
    env: {
      ...process.env,
      DATABASE_URL: url,
      DATABASE_MIGRATE_URL: ownerUrl,
      DATA_DIR: join(folder, "service"),
      ALLOWED_HOSTS: `${warehouseHost}:5432=${socket}`,
      ...{ PORT: "0", DEMO: "off", RATE_PER_SECOND: "100000", RATE_BURST: "100000", LOG_LEVEL: "error" },
    },
  });
  const { api, token } = await nextMessage<{ api: string; token: string }>(child);
  return {
    api,
    token,
    async cpuMs() {
      child.send("cpu");
      return nextMessage<number>(child);
    },
    async end() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const exited = new AbortController();
  const ended = () => exited.abort(new Error("the service ended"));
  child.once("exit", ended);
  try {
    const [message] = await once(child, "message", { signal: exited.signal });
    return message as T;
  } finally {
    child.off("exit", ended);
  }
}

// Started as a process, it is the service, and ends when its parent lets go of it.
if (import.meta.main) {
  const config = parseConfig(process.env, "");
  const service = await startService(config, { log: createLog(config.logLevel) });
  const token = await service.issuer!.mint({
    ...{ tenant: "bench", subject: "bench", expiresInS: 3_600 },
    scopes: ["dashboards:render", "dashboards:publish", "connections:write"],
  });
  process.send?.({ api: `${service.url}/api/v1/data-consumption/dashboards`, token });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1000);
  });
  process.on("disconnect", () => void service.close());
}
