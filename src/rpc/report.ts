import type { ConnectError } from "@connectrpc/connect";
import { reasonOf, toFault } from "../errors/answer.ts";
import type { Log } from "../log/log.ts";

/** Which call it was, for the log. */
export type ReportedCall = { readonly method: string; readonly requestId: string | undefined };

/**
 * Returns the fault that a call fails with, and logs what its caller is not told: the cause, under the
 * request's id. What went wrong on our side is an error; a refusal is news.
 */
export function reportFault(error: unknown, call: ReportedCall, log: Log): ConnectError {
  const known = toFault(error);
  if (known.cause === undefined) return known;
  const reason = reasonOf(known);
  const fields = { ...call, reason, error: known.cause };
  if (reason === "INTERNAL") log.error(fields, "call failed");
  else log.info(fields, "call refused");
  return known;
}
