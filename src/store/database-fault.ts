import { ConnectError } from "@connectrpc/connect";
import { fault } from "../errors/fault.ts";
import { isQuota, quotaExceeded } from "./quota-fault.ts";

/** Makes the fault for a database that cannot be reached or cannot serve: worth another try in a second. */
export function databaseDown(cause?: unknown): ConnectError {
  return fault("DEPENDENCY_DOWN", "the database is not available: try again in a second", {
    cause,
    retryAfterMs: 1000,
  });
}

/** Makes the fault for a tenant that an operator has suspended. */
export function tenantSuspended(): ConnectError {
  return fault("TENANT_SUSPENDED", "this tenant is suspended: ask whoever runs the platform");
}

/** Makes the fault for what does not exist, or is another tenant's. */
export function noSuchVersion(cause?: unknown): ConnectError {
  return fault("NOT_FOUND", "no such dashboard or version", { cause });
}

/**
 * Returns what went wrong in the database as a fault. Faults pass as they are. What a driver says
 * goes into the cause, where only the log sees its code: its message quotes queries and their values.
 */
export function toDatabaseFault(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const code = codeOf(error);
  if (isLockNotAvailable(error)) {
    return fault("IDEMPOTENCY_IN_FLIGHT", "the same request is still being worked on: try again in a second", {
      cause: error,
      retryAfterMs: 1000,
    });
  }
  if (passing.test(code)) return databaseDown(error);
  if (code === suspended) return tenantSuspended();
  if (isQuota(code)) return quotaExceeded(code, error);
  if (code === foreignKeyViolation) return noSuchVersion(error);
  if (unstorableText.test(code)) {
    return fault("INVALID_REQUEST", "text must not hold the character U+0000 nor a lone surrogate", { cause: error });
  }
  return fault("INTERNAL", "something went wrong on our side", { cause: error });
}

/** Says whether a lock could not be had in the time that was set. */
export function isLockNotAvailable(error: unknown): boolean {
  return codeOf(error) === "55P03";
}

const suspended = "DQ003";
const foreignKeyViolation = "23503";
const unstorableText = /^(22021|22P05)$/;

/**
 * What passes with time or an operator's hand: lost and refused connections (08, 28, 3D), a server
 * without room (53), shutting down, starting or cancelling (57), with a failing disk (58), a standby
 * (25006), a session that hung (25P03, 25P04), a deadlock (40), and what the driver and Node call these.
 */
const passing = /^(08...|28...|3D000|53...|57...|58...|25006|25P0[34]|40...|CONNECT.*|E(?!RR_)[A-Z_]+)$/;

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
