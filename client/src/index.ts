/** What the package promises; everything else may change. Messages and schemas are under `./gen/`. */
export type { CallOptions, Token } from "./call.ts";
export { type ClientOptions, createDashboardsClient, type DashboardsClient, type Filter } from "./client.ts";
export type { Input, PlainInput } from "./input.ts";
export type { Method, Methods } from "./methods.ts";
export {
  type ApiError,
  DashboardsError,
  type DocumentedCode,
  type ErrorCode,
  type FieldProblem,
  type Result,
  unwrap,
} from "./result.ts";
export type { Fetch } from "./transport.ts";
