import { Code } from "@connectrpc/connect";
import { headerOf, jsonOf } from "../http-response.ts";
import { ofResponses, type Property } from "./property.ts";

/** Returns the property of `connect_code_not_found` or `grpc_status_internal` and their like: the protocol's own status. */
export function protocolFamily(name: string): Property | undefined {
  const [, protocol, status = ""] = /^(connect_code|grpc_status)_(\w+)$/.exec(name) ?? [];
  const wanted = status === "invalid_or_internal" ? ["invalid_argument", "internal"] : [status];
  if (protocol === undefined || !wanted.every((each) => codes.has(each))) return undefined;
  return ofResponses((response) => {
    const told = protocol === "connect_code" ? `${jsonOf(response)?.code}` : nameOf(headerOf(response, "grpc-status"));
    return wanted.includes(told) ? undefined : `the status ${told}`;
  });
}

/** Names by their numbers, in the form in which Connect sends them. */
const codes: ReadonlyMap<string, number> = new Map([
  ["ok", 0],
  ...Object.entries(Code).flatMap(([name, number]): [string, number][] =>
    typeof number === "number" ? [[name.replace(/(?<=.)[A-Z]/g, "_$&").toLowerCase(), number]] : [],
  ),
]);

function nameOf(status: string | undefined): string {
  return [...codes].find(([, number]) => `${number}` === status)?.[0] ?? `${status}`;
}
