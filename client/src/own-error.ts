import type { ErrorCode, FieldProblem } from "./result.ts";

/** What may come with an error of the client's own. */
export type OwnErrorOptions = {
  readonly cause?: unknown;
  readonly details?: readonly FieldProblem[];
};

/** What the client itself finds wrong, without having heard the service; thrown within the client only. */
export class OwnError extends Error {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly details: readonly FieldProblem[];

  constructor(code: ErrorCode, reason: string, message: string, { cause, details = [] }: OwnErrorOptions = {}) {
    super(message, { cause });
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}
