import type { Log } from "../log/log.ts";

/** How soon a signal after the first is the same one: npm passes on a Ctrl-C that the terminal sent us, too. */
const sameMs = 1_000;

/**
 * Ends the process in order on SIGTERM and SIGINT: what is in flight is answered first. A signal more
 * than a second later ends it at once. What nothing caught is logged and ends the process too,
 * because after it no promise holds.
 */
export function handleSignals(close: () => Promise<void>, log: Log): void {
  let closingAtMs: number | undefined;
  const end = async (signal: NodeJS.Signals) => {
    const nowMs = performance.now();
    if (closingAtMs !== undefined) {
      if (nowMs - closingAtMs > sameMs) process.exit(1);
      return;
    }
    closingAtMs = nowMs;
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
