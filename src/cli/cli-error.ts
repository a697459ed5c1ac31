import type { FieldProblem } from "../errors/fault.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";

/** What may come with an error of the command. */
type CliErrorOptions = {
  /** The service's stable name of it, such as `STALE_VERSION`. */
  readonly reason?: string | undefined;
  /** Every problem of what was sent. */
  readonly details?: readonly FieldProblem[];
  /** By which the service's log knows the call. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
};

/** An error for whoever runs the command: its message says what to do, its code is the exit code. */
export class CliError extends Error {
  readonly code: ExitCode;
  readonly reason: string | undefined;
  readonly details: readonly FieldProblem[];
  readonly requestId: string | undefined;

  constructor(code: ExitCode, message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.reason = options.reason;
    this.details = options.details ?? [];
    this.requestId = options.requestId;
  }
}

/** Makes the error of a command that was not told what to do. */
export function usageError(message: string, cause?: unknown): CliError {
  return new CliError(exitCodes.usage, message, { cause });
}

/** Returns the error as JSON output has it. */
export function errorToJson({ code, message, reason, details, requestId }: CliError) {
  return {
    message,
    ...(reason !== undefined && { reason }),
    ...(details.length > 0 && { details: details.map(({ field, description }) => ({ field, description })) }),
    ...(requestId !== undefined && { request_id: requestId }),
    exit_code: code,
  };
}
