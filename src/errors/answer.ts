import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { type ErrorString, type FieldProblem, fault, faults, type Reason } from "./fault.ts";

/** An error as HTTP callers see it. */
export type ErrorAnswer = {
  readonly reason: Reason;
  readonly status: number;
  readonly body: ErrorBody;
  /** Whole seconds for `Retry-After`, rounded up; undefined where waiting does not help. */
  readonly retryAfterS: number | undefined;
};

/** The JSON of an error: the documented `error`, and what we add to it. */
type ErrorBody = {
  readonly error: ErrorString;
  readonly message: string;
  readonly reason: Reason;
  readonly details?: readonly FieldProblem[];
};

/** What errors that are not ours become, by code. Their messages quote input, so they are replaced. */
const foreign: Partial<Record<Code, readonly [Reason, string]>> = {
  [Code.InvalidArgument]: ["INVALID_REQUEST", "the request is malformed"],
  [Code.Unimplemented]: ["NO_SUCH_METHOD", "no such method"],
  [Code.ResourceExhausted]: ["BODY_TOO_LARGE", "the request is too large"],
  [Code.DeadlineExceeded]: ["DEADLINE_EXCEEDED", "the deadline passed before the answer was ready"],
  [Code.Canceled]: ["CANCELED", "the caller went away"],
};

/**
 * Returns the error as one of ours: itself if `fault` made it, otherwise a fault of the same kind
 * with a message of our own and the original as its cause. What is not a ConnectError is internal.
 */
export function toFault(error: unknown): ConnectError {
  if (error instanceof ConnectError) {
    if (reasonOf(error) !== undefined) return error;
    const own = foreign[error.code];
    if (own !== undefined) return fault(own[0], own[1], { cause: error });
  }
  return fault("INTERNAL", "something went wrong on our side", { cause: error });
}

/** Returns the reason that `fault` gave the error, or undefined if the error is not one of ours. */
export function reasonOf(error: ConnectError): Reason | undefined {
  const reason = error.findDetails(ErrorInfoSchema)[0]?.reason;
  return reason !== undefined && reason in faults ? (reason as Reason) : undefined;
}

/** Returns what HTTP callers are told of any error. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  const known = toFault(error);
  const reason = reasonOf(known)!;
  const details = known
    .findDetails(BadRequestSchema)
    .flatMap((bad) => bad.fieldViolations.map(({ field, description }) => ({ field, description })));
  const delay = known.findDetails(RetryInfoSchema)[0]?.retryDelay;
  return {
    reason,
    status: faults[reason].status,
    body: {
      error: faults[reason].error,
      message: known.rawMessage,
      reason,
      ...(details.length > 0 && { details }),
    },
    retryAfterS: delay && Math.max(1, Number(delay.seconds) + Math.ceil(delay.nanos / 1e9)),
  };
}
