/** `npm start`: runs the service until it is told to end, and tells a developer where to look. */
import { ConnectError } from "@connectrpc/connect";
import { type Config, parseConfig } from "./config/config.ts";
import { createLog, type Log } from "./log/log.ts";
import { limitHeapGrowth } from "./main/heap-growth.ts";
import { defaultDataDir } from "./main/paths.ts";
import { type Service, startService } from "./main/service.ts";
import { handleSignals } from "./main/signals.ts";

const say = (line: string) => console.log(line);

limitHeapGrowth();
try {
  const config = parseConfig(process.env, defaultDataDir());
  const log = createLog(config.logLevel);
  const started = start(config, log);
  // From here on, because a service that is killed while it starts leaves its database server running.
  handleSignals(async () => (await started).close(), log);
  const { url } = await started;
  say(`listening on ${url}`);
} catch (error) {
  console.error(describe(error));
  process.exit(1);
}

async function start(config: Config, log: Log): Promise<Service> {
  const demo = config.demo ? (await import("./main/demo.ts")).createDemo(config, say) : undefined;
  const service = await startService(config, { log, progress: say }, demo?.open);
  try {
    await demo?.seed(service);
    await demo?.announce(service);
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}

function describe(error: unknown): unknown {
  if (error instanceof ConnectError) return error.rawMessage;
  return error instanceof Error ? error.message : error;
}
