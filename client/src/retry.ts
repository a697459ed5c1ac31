import type { ApiError } from "./result.ts";

/** The first wait; a service that is being restarted is back after a few of them. */
const firstWaitMs = 200;

/**
 * Returns how long to wait before another try, in milliseconds; undefined where another try would end in the same way.
 * Tried again is what never arrived, what the service had no means or room for, what it is still at work on, and what
 * came too early where it says when it will not. `failures` counts from 1; each doubles the wait. `random` gives
 * numbers from 0 to below 1: those who failed together do not come back together.
 */
export function waitBeforeRetry(error: ApiError, failures: number, random: () => number): number | undefined {
  if (!isPassing(error)) return undefined;
  const halfMs = (firstWaitMs * 2 ** (failures - 1)) / 2;
  const leastMs = error.retryAfterS === undefined ? halfMs : error.retryAfterS * 1000;
  return leastMs + random() * halfMs;
}

function isPassing({ code, reason, retryAfterS }: ApiError): boolean {
  switch (code) {
    case "unreachable":
      return true;
    case "dependency_down":
      return reason !== "DEADLINE_EXCEEDED" && reason !== "CANCELED";
    case "version_conflict":
      return reason === "IDEMPOTENCY_IN_FLIGHT";
    case "rate_limited":
      return reason !== "QUOTA_EXCEEDED" && retryAfterS !== undefined;
    default:
      return false;
  }
}
