import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.js";
import { capProblems } from "./problems.ts";

/** The eight strings of the documented error model. */
export type ErrorString =
  | "invalid_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "version_conflict"
  | "rate_limited"
  | "internal_error"
  | "dependency_down";

type Row = { readonly code: Code; readonly status: number; readonly error: ErrorString };

const invalid: Row = { code: Code.InvalidArgument, status: 400, error: "invalid_request" };
const missing: Row = { code: Code.NotFound, status: 404, error: "not_found" };
const down: Row = { code: Code.Unavailable, status: 503, error: "dependency_down" };

/**
 * The one table of what can go wrong: a stable reason, the gRPC code, and the documented HTTP
 * status with its `error` string. Statuses that the document does not list are folded into those
 * that it does.
 */
export const faults = {
  INVALID_REQUEST: invalid,
  INVALID_DEFINITION: invalid,
  INVALID_FILTER: invalid,
  INVALID_REQUEST_ID: invalid,
  REQUEST_ID_REUSED: invalid,
  // What gRPC says of messages beyond a limit.
  BODY_TOO_LARGE: { code: Code.ResourceExhausted, status: 400, error: "invalid_request" },
  UNSUPPORTED_CONTENT: invalid,
  UNAUTHENTICATED: { code: Code.Unauthenticated, status: 401, error: "unauthorized" },
  SCOPE_MISSING: { code: Code.PermissionDenied, status: 403, error: "forbidden" },
  TOKEN_NARROWED: { code: Code.PermissionDenied, status: 403, error: "forbidden" },
  TENANT_SUSPENDED: { code: Code.PermissionDenied, status: 403, error: "forbidden" },
  NOT_FOUND: missing,
  NO_SUCH_METHOD: { code: Code.Unimplemented, status: 404, error: "not_found" },
  STALE_VERSION: { code: Code.Aborted, status: 409, error: "version_conflict" },
  IDEMPOTENCY_IN_FLIGHT: { code: Code.Aborted, status: 409, error: "version_conflict" },
  RATE_LIMITED: { code: Code.ResourceExhausted, status: 429, error: "rate_limited" },
  QUOTA_EXCEEDED: { code: Code.ResourceExhausted, status: 429, error: "rate_limited" },
  INTERNAL: { code: Code.Internal, status: 500, error: "internal_error" },
  DEPENDENCY_DOWN: down,
  OVERLOADED: down,
  DEADLINE_EXCEEDED: { code: Code.DeadlineExceeded, status: 503, error: "dependency_down" },
  CANCELED: { code: Code.Canceled, status: 503, error: "dependency_down" },
} as const satisfies Record<string, Row>;

/** A stable name of what went wrong, told to callers as `reason`. */
export type Reason = keyof typeof faults;

/** One problem of an input: where (a path such as `layout.panels[2].id`) and what, never the value. */
export type FieldProblem = { readonly field: string; readonly description: string };

/** What may come with a fault. */
export type FaultOptions = {
  /** What happened underneath; for the log, never for the caller. */
  readonly cause?: unknown;
  /** Every problem of the input; what is too much for an answer is left out. */
  readonly details?: readonly FieldProblem[];
  /** How long to wait before the next try. */
  readonly retryAfterMs?: number;
};

const domain = "dashboards.datajetty.com";

/**
 * Makes the error for a reason. The message goes to the caller: it says what to do and repeats no
 * input. gRPC and Connect callers get it with google.rpc.ErrorInfo, and with BadRequest and
 * RetryInfo where they apply (https://google.aip.dev/193).
 */
export function fault(reason: Reason, message: string, options: FaultOptions = {}): ConnectError {
  const error = new ConnectError(message, faults[reason].code, undefined, undefined, options.cause);
  error.details.push({ desc: ErrorInfoSchema, value: create(ErrorInfoSchema, { reason, domain }) });
  if (options.details !== undefined && options.details.length > 0) {
    const fieldViolations = capProblems(options.details).map(({ field, description }) => ({ field, description }));
    error.details.push({ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) });
  }
  if (options.retryAfterMs !== undefined) {
    const seconds = Math.floor(options.retryAfterMs / 1000);
    const nanos = Math.round((options.retryAfterMs % 1000) * 1_000_000);
    const retryDelay = { seconds: BigInt(seconds), nanos };
    error.details.push({ desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay }) });
  }
  return error;
}
