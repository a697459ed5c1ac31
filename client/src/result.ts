/** How a call ended: with what was asked for, or with an error. Calls never reject. */
export type Result<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Names the call in the service's log. */
      readonly requestId: string;
    }
  | { readonly ok: false; readonly error: ApiError };

/** The eight strings of the documented error model. */
export type DocumentedCode =
  | "invalid_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "version_conflict"
  | "rate_limited"
  | "internal_error"
  | "dependency_down";

/**
 * What went wrong, coarsely: as documented, or seen by the client alone. `unreachable`: no whole answer came.
 * `timeout`: none came in time. `canceled`: the caller's signal was aborted. After each of the three it is not known
 * whether the service acted: calling again with the same `requestId` finds out, and has one effect at most.
 */
export type ErrorCode = DocumentedCode | "unreachable" | "timeout" | "canceled";

/** One problem of a request. */
export type FieldProblem = {
  /** Where: a path such as `layout.panels[2].id`. */
  readonly field: string;
  readonly description: string;
};

/** An error as a value. */
export type ApiError = {
  readonly code: ErrorCode;
  /**
   * What went wrong, finely and for ever by the same name, such as `STALE_VERSION`; new ones may come. Of the client's
   * own: `UNREACHABLE`, `TIMEOUT`, `CANCELED`, `TOKEN_UNAVAILABLE`, and `UNEXPECTED_ANSWER` where something else than
   * the service answered.
   */
  readonly reason: string;
  /** For people; says what to do. */
  readonly message: string;
  /** Every problem of the request; empty where there is none to tell. */
  readonly details: readonly FieldProblem[];
  /** The documented HTTP status; absent where the service was not heard. */
  readonly status?: number | undefined;
  /** How long to wait before another try, in seconds, also parts of one; absent where waiting does not help. */
  readonly retryAfterS?: number | undefined;
  /** Names the call in the service's log, and is the idempotency key of another try. */
  readonly requestId: string;
  /** What happened underneath, where the client itself failed; for a log. */
  readonly cause?: unknown;
};

/** An `ApiError` for whoever would rather catch it. */
export class DashboardsError extends Error implements ApiError {
  override readonly name = "DashboardsError";
  readonly code: ErrorCode;
  readonly reason: string;
  readonly details: readonly FieldProblem[];
  readonly status: number | undefined;
  readonly retryAfterS: number | undefined;
  readonly requestId: string;

  constructor({ message, cause, ...error }: ApiError) {
    super(message, { cause });
    this.code = error.code;
    this.reason = error.reason;
    this.details = error.details;
    this.status = error.status;
    this.retryAfterS = error.retryAfterS;
    this.requestId = error.requestId;
  }
}

/** Returns what was asked for. Throws a `DashboardsError` where it could not be had. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new DashboardsError(result.error);
}
