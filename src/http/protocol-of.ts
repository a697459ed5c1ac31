import type { Procedure, Protocol } from "./request-over.ts";

/** Returns the protocol of a call: the handler's own, or for those that take several, what the body is said to be in. */
export function protocolOf(
  handler: { readonly protocol?: Protocol; readonly procedure?: Procedure },
  contentType: string | undefined,
): Protocol {
  if (handler.protocol !== undefined) return handler.protocol;
  if (handler.procedure === undefined) return "http";
  if (contentType?.startsWith("application/grpc-web") === true) return "grpc-web";
  return contentType?.startsWith("application/grpc") === true ? "grpc" : "connect";
}
