import { type ExitCode, exitCodes } from "./exit-code.ts";
import { readWhole } from "./read-numbers.ts";
import type { Tools } from "./tools.ts";

/** Runs the service until it is told to end, as `npm start` does; resolves when it is ready, or has failed to start. */
export async function serve(
  _: Tools,
  { port, demo }: { readonly port?: string; readonly demo: boolean },
): Promise<ExitCode> {
  // The service reads its own process's environment.
  if (port !== undefined) process.env.PORT = `${readWhole("--port", port, 0, 65_535)}`;
  if (!demo) process.env.DEMO = "off";
  await import("../main.ts");
  return exitCodes.done;
}
