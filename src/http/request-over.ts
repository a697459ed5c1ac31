/** In which protocol a request came; `http` where it is for no method of the proto. */
export type Protocol = "rest" | "connect" | "grpc" | "grpc-web" | "http";

/** A method of the proto, by the full name of its service and its own. */
export type Procedure = { readonly service: string; readonly method: string };

/**
 * How a request ended: `ok`, an `error` of the documented model, `overloaded` where it was refused unread, or `canceled`
 * where its caller left before the answer.
 */
export type RequestCode =
  | "ok"
  | "invalid_request"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "version_conflict"
  | "rate_limited"
  | "internal_error"
  | "dependency_down"
  | "overloaded"
  | "canceled";

/** A request that is over, as it is counted and traced. Nothing of it is in a caller's words. */
export type RequestOver = {
  readonly procedure: Procedure | undefined;
  readonly protocol: Protocol;
  /** The template of the path, or the kind of path that it is. */
  readonly path: string;
  /** Of HTTP; 0 where no answer was sent. */
  readonly status: number;
  /** Of a gRPC call, as it was sent. */
  readonly rpcStatus: string | undefined;
  readonly code: RequestCode;
  /** How long it took; undefined for streams, which last as long as their callers like, and for what was refused unread. */
  readonly ms: number | undefined;
};

/** Is told of each request when it is over. */
export type OnRequest = (over: RequestOver) => void;

/** Says what a status stands for: that of gRPC where there is one, else that of HTTP. */
export function codeOf(status: number, rpcStatus: string | undefined): RequestCode {
  if (rpcStatus !== undefined) return ofGrpc[Number(rpcStatus)] ?? "internal_error";
  if (status === 0) return "canceled";
  if (status < 400) return "ok";
  return ofHttp[status] ?? (status < 500 ? "invalid_request" : "internal_error");
}

/** The documented statuses, and those that the Connect protocol has besides. */
const ofHttp: Readonly<Record<number, RequestCode>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "version_conflict",
  429: "rate_limited",
  499: "canceled",
  501: "not_found",
  503: "dependency_down",
  504: "dependency_down",
};

/** By number (https://grpc.io/docs/guides/status-codes/): what the table in `errors` makes of each. */
const ofGrpc: readonly RequestCode[] = [
  "ok",
  "canceled",
  "internal_error",
  "invalid_request",
  "dependency_down",
  "not_found",
  "version_conflict",
  "forbidden",
  "rate_limited",
  "invalid_request",
  "version_conflict",
  "invalid_request",
  "not_found",
  "internal_error",
  "dependency_down",
  "internal_error",
  "unauthorized",
];
