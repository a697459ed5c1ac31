import { setTimeout as sleep } from "node:timers/promises";
import type { ApiError, Result } from "@datajetty/dashboards-client";
import { CliError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";

/** For how long a call may be told to wait in all before it fails: a long list goes at the tenant's rate. */
const patienceS = 60;

/**
 * Calls the service, waits where it says that calls come too fast, and returns its answer. Throws an error for whoever
 * runs the command: `refused`, or `unreachable` where another try may help.
 */
export async function ask<Value>(call: () => Promise<Result<Value>>): Promise<Value> {
  for (let waitedS = 0; ; ) {
    const answer = await call();
    if (answer.ok) return answer.value;
    const { reason } = answer.error;
    // One that says to come back at once would be asked for ever.
    const retryAfterS = Math.max(1, answer.error.retryAfterS ?? 1);
    // The client has waited by itself already, but no longer than for one call.
    if (reason !== "RATE_LIMITED" || waitedS + retryAfterS > patienceS) throw toCliError(answer.error);
    waitedS += retryAfterS;
    await sleep(retryAfterS * 1_000);
  }
}

/** As `ask`; undefined where there is no such thing. */
export async function askFor<Value>(call: () => Promise<Result<Value>>): Promise<Value | undefined> {
  try {
    return await ask(call);
  } catch (error) {
    if (error instanceof CliError && error.reason === "NOT_FOUND") return undefined;
    throw error;
  }
}

function toCliError(error: ApiError): CliError {
  const { reason, message, details, requestId } = error;
  return new CliError(codeOf(error), message, { reason, details, requestId });
}

/** What came from no service, or from one that cannot answer now: another try may help. */
function codeOf({ code, reason }: ApiError): ExitCode {
  const isPassing = code === "unreachable" || code === "timeout" || code === "dependency_down";
  return isPassing || reason === "UNEXPECTED_ANSWER" ? exitCodes.unreachable : exitCodes.refused;
}
