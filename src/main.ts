/** `npm start`: runs the service until it is told to end, and tells a developer where to look. */
import { type Config, parseConfig } from "./config/config.ts";
import { createLog } from "./log/log.ts";
import { announceDemo, seedDemo } from "./main/demo.ts";
import { defaultDataDir } from "./main/paths.ts";
import { startService } from "./main/service.ts";
import { handleSignals } from "./main/signals.ts";

const say = (line: string) => console.log(line);

try {
  await run(parseConfig(process.env, defaultDataDir()));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function run(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const service = await startService(config, { log, progress: say });
  handleSignals(service.close, log);
  if (config.demo) {
    await seedDemo(service, config, say);
    await announceDemo(service, say);
  }
  say(`listening on ${service.url}`);
}
