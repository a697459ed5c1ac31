/** `npm start`: runs the service until it is told to end, and tells a developer where to look. */
import { parseConfig } from "./config/config.ts";
import { keepCompiledCode } from "./main/compiled-code.ts";
import { limitHeapGrowth } from "./main/heap-growth.ts";
import { defaultDataDir } from "./main/paths.ts";

limitHeapGrowth();
try {
  const config = parseConfig(process.env, defaultDataDir());
  const unkept = keepCompiledCode(config.dataDir);
  // Only now, because what is loaded before is compiled anew at each start.
  const { run } = await import("./main/run.ts");
  await run(config, unkept);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
