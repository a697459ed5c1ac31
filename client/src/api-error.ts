import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb.js";
import { OwnError } from "./own-error.ts";
import type { ApiError, DocumentedCode } from "./result.ts";

/** The documented string of each code that the service answers with; all others are its own failures. */
const codes: Partial<Record<Code, DocumentedCode>> = {
  [Code.InvalidArgument]: "invalid_request",
  [Code.Unauthenticated]: "unauthorized",
  [Code.PermissionDenied]: "forbidden",
  [Code.NotFound]: "not_found",
  [Code.Unimplemented]: "not_found",
  [Code.Aborted]: "version_conflict",
  [Code.ResourceExhausted]: "rate_limited",
  [Code.Unavailable]: "dependency_down",
  [Code.DeadlineExceeded]: "dependency_down",
  [Code.Canceled]: "dependency_down",
};

/** The documented status of each string. */
const statuses: Record<DocumentedCode, number> = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  version_conflict: 409,
  rate_limited: 429,
  internal_error: 500,
  dependency_down: 503,
};

/**
 * Returns whatever was thrown by a call as a value. What the service says comes from `google.rpc.ErrorInfo`,
 * `BadRequest` and `RetryInfo` (https://google.aip.dev/193); an answer without them is not the service's.
 */
export function toApiError(error: unknown, requestId: string): ApiError {
  const own = findOwn(error);
  if (own !== undefined) {
    const { code, reason, message, details, cause } = own;
    return { code, reason, message, details, requestId, cause };
  }
  const known = ConnectError.from(error);
  const reason = known.findDetails(ErrorInfoSchema)[0]?.reason;
  const code = toDocumentedCode(known.code, reason);
  const isTold = reason !== undefined;
  return {
    code,
    reason: reason ?? "UNEXPECTED_ANSWER",
    message: isTold ? known.rawMessage : `the answer is not the service's own: see baseUrl (${known.rawMessage})`,
    details: known
      .findDetails(BadRequestSchema)
      .flatMap((bad) => bad.fieldViolations.map(({ field, description }) => ({ field, description }))),
    status: statuses[code],
    retryAfterS: readRetryAfter(known),
    requestId: known.metadata.get("x-request-id") ?? requestId,
    ...(!isTold && { cause: known }),
  };
}

function findOwn(error: unknown): OwnError | undefined {
  if (error instanceof OwnError) return error;
  // Connect wraps what is thrown below it.
  return error instanceof ConnectError && error.cause instanceof OwnError ? error.cause : undefined;
}

function toDocumentedCode(code: Code, reason: string | undefined): DocumentedCode {
  // gRPC says of a message that is too large what it says of calls that are too many.
  if (reason === "BODY_TOO_LARGE") return "invalid_request";
  return codes[code] ?? "internal_error";
}

function readRetryAfter(error: ConnectError): number | undefined {
  const delay = error.findDetails(RetryInfoSchema)[0]?.retryDelay;
  if (delay !== undefined) return Number(delay.seconds) + delay.nanos / 1e9;
  const header = error.metadata.get("retry-after");
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
