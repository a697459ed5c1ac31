import { parseConfig } from "../config/config.ts";
import { keepCompiledCode } from "./compiled-code.ts";
import { limitHeapGrowth } from "./heap-growth.ts";
import { defaultDataDir } from "./paths.ts";

/**
 * Runs the service by what an environment says, until this process is told to end; resolves when it is ready. Where it
 * cannot start it says why, and ends the process with 1.
 */
export async function start(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  limitHeapGrowth();
  try {
    const config = parseConfig(env, defaultDataDir());
    const unkept = keepCompiledCode(config.dataDir);
    // Only now, because what is loaded before is compiled anew at each start.
    const { run } = await import("./run.ts");
    await run(config, unkept);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
