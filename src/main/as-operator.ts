import type { DescMethod } from "@bufbuild/protobuf";
import { createContextValues, createHandlerContext, type HandlerContext } from "@connectrpc/connect";
import { callerKey } from "../rpc/call.ts";

/** The tenant that the demo belongs to. */
export const demoTenant = "demo";

/** Returns what a method is told when the operator calls it for the demo, which takes no token. */
export function asOperator(method: DescMethod): HandlerContext {
  return createHandlerContext({
    service: method.parent,
    method,
    protocolName: "none",
    requestMethod: "POST",
    url: "https://localhost/",
    contextValues: createContextValues().set(callerKey, {
      tenant: demoTenant,
      tokenTenant: undefined,
      subject: "operator",
      held: {},
      admittedAtMs: 0,
    }),
  });
}
