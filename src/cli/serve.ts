import { start } from "../main/start.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { readWhole } from "./read-numbers.ts";
import type { Tools } from "./tools.ts";

/** Runs the service until it is told to end, as `npm start` does; resolves when it is ready, or has failed to start. */
export async function serve(
  { env }: Tools,
  { port, demo }: { readonly port?: string; readonly demo: boolean },
): Promise<ExitCode> {
  await start({
    ...env,
    ...(port !== undefined && { PORT: `${readWhole("--port", port, 0, 65_535)}` }),
    ...(!demo && { DEMO: "off" }),
  });
  return exitCodes.done;
}
