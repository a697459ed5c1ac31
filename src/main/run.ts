import { ConnectError } from "@connectrpc/connect";
import type { Config } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { type Service, type ServiceVoice, startService } from "./service.ts";
import { handleSignals } from "./signals.ts";
import { loadTracing } from "./tracing.ts";

const say = (line: string) => console.log(line);

/**
 * Runs the service until a signal ends it, and resolves when it is ready. Throws an Error for whoever starts it.
 *
 * @param unkept why its compiled code cannot be kept for the next start, if so
 */
export async function run(config: Config, unkept: string | undefined): Promise<void> {
  const tracing = await loadTracing();
  const log = createLog(config.logLevel, undefined, tracing?.logFields);
  if (unkept !== undefined) log.info({ problem: unkept }, "starts take longer: compiled code is not kept");
  const started = start(config, { log, progress: say, tracing });
  // From here on, because a service that is killed while it starts leaves its database server running.
  handleSignals(async () => {
    await (await started).close();
    await tracing?.flush();
  }, log);
  try {
    const { url, adminUrl } = await started;
    if (adminUrl !== undefined) say(`metrics at ${adminUrl}/metrics`);
    say(`listening on ${url}`);
  } catch (error) {
    throw error instanceof ConnectError ? new Error(error.rawMessage, { cause: error }) : error;
  }
}

async function start(config: Config, voice: ServiceVoice): Promise<Service> {
  const demo = config.demo ? (await import("./demo.ts")).createDemo(config, say) : undefined;
  const service = await startService(config, voice, demo?.open);
  try {
    await demo?.seed(service);
    await demo?.announce(service);
    return service;
  } catch (error) {
    await service.close();
    throw error;
  }
}
