import type { Log } from "../log/log.ts";

/**
 * Ends the process in order on SIGTERM and SIGINT: what is in flight is answered first. A second
 * signal ends it at once. What nothing caught is logged and ends the process too, because after it
 * no promise holds.
 */
export function handleSignals(close: () => Promise<void>, log: Log): void {
  let closing = false;
  const end = async (signal: NodeJS.Signals) => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, "draining");
    try {
      await close();
      process.exit(0);
    } catch (error) {
      log.error({ error }, "did not end in order");
      process.exit(1);
    }
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  const fatal = (error: unknown) => {
    log.error({ error }, "nothing caught this");
    process.exit(1);
  };
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);
}
