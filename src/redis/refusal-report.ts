import type { Log } from "../log/log.ts";

/** A line a minute says as much as one for each call. */
const quietMs = 60_000;

/**
 * Creates the report of commands that Redis refuses, by the first word of its error, such as NOPERM or OOM: the
 * rest of it may quote keys.
 */
export function createRefusalReport(use: string, log: Log): (error: Error) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const nowMs = performance.now();
    if (nowMs - toldAtMs < quietMs) return;
    toldAtMs = nowMs;
    log.warn({ use, refusal: /^[A-Z]+\b/.exec(message)?.[0] ?? "ERR" }, "Redis refused a command");
  };
}
