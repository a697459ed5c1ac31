import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import type { FollowRequest } from "../http/dispatch.ts";
import type { RequestOver } from "../http/request-over.ts";

type Lines = Parameters<FollowRequest>[1];

/** Two of the same would be somebody's who wants to be taken for another. */
const getter: TextMapGetter<Lines> = {
  keys: (lines) => [...lines.keys()],
  get(lines, name) {
    const values = lines.get(name.toLowerCase());
    return name === "traceparent" && values?.length !== 1 ? undefined : values?.join(",");
  },
};

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What is asked for every few seconds, or with each page, and tells nobody anything. */
const quiet = /^\/(healthz|readyz|assets\/|grpc\.health\.v1\.Health\/)/;

/**
 * Creates the spans of requests, of all protocols, in the trace and with the state that their callers sent by W3C's headers
 * (https://www.w3.org/TR/trace-context/). They are named and described by OpenTelemetry's conventions for HTTP and RPC, and
 * hold nothing that is a caller's: no path, no filter, no tenant.
 */
export function createFollow(tracer: Tracer): FollowRequest {
  return ({ method = "", url = "" }, lines, tally, answer) => {
    if (quiet.test(url)) return answer();
    const httpMethod = methods.has(method) ? method : "_OTHER";
    const parent = propagation.extract(ROOT_CONTEXT, lines, getter);
    const attributes = { "http.request.method": httpMethod };
    const span = tracer.startSpan(httpMethod, { kind: SpanKind.SERVER, attributes }, parent);
    tally.traceId = span.spanContext().traceId;
    tally.onOver = (over) => end(span, httpMethod, over);
    return context.with(trace.setSpan(parent, span), answer);
  };
}

const failures: ReadonlySet<string> = new Set(["internal_error", "dependency_down", "overloaded"]);

function end(span: Span, httpMethod: string, over: RequestOver): void {
  const { procedure, path, status, code } = over;
  span.updateName(procedure === undefined ? `${httpMethod} ${path}` : `${procedure.service}/${procedure.method}`);
  span.setAttributes({
    "http.route": path,
    ...(status !== 0 && { "http.response.status_code": status }),
    ...rpcAttributes(over),
    ...(code !== "ok" && { "error.type": code }),
  });
  if (failures.has(code)) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function rpcAttributes({ procedure, protocol, rpcStatus }: RequestOver): Attributes {
  if (procedure === undefined) return {};
  const { service, method } = procedure;
  const system = { rest: "rest", connect: "connect_rpc", grpc: "grpc", "grpc-web": "grpc", http: "http" }[protocol];
  return {
    "rpc.system": system,
    "rpc.service": service,
    "rpc.method": method,
    ...(rpcStatus !== undefined && { "rpc.grpc.status_code": Number(rpcStatus) }),
  };
}
