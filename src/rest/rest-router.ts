import {
  type ConnectRouter,
  createMethodImplSpec,
  createServiceImplSpec,
  type MethodImplSpec,
} from "@connectrpc/connect";
import type { UnaryOptions } from "../unary/unary-call.ts";
import { createBind } from "./bind.ts";
import { createWrite } from "./reply.ts";
import { createRestCall, type RestCall } from "./rest-call.ts";
import { createRoutes, type Route } from "./routes.ts";
import { type RestRule, readRules } from "./rules.ts";

type RestMatch = RestHandler | { readonly allow: readonly string[] } | undefined;

/** Answers requests at a path, of which it knows the template. */
type RestHandler = Pick<RestTarget, "requestPath" | "procedure"> & {
  readonly protocol: "rest";
  readonly answer: ReturnType<RestCall>;
};

/** What a rule leads to. */
type RestTarget = {
  readonly call: RestCall;
  readonly requestPath: string;
  readonly procedure: { readonly service: string; readonly method: string };
};

/** Serves methods by their google.api.http rules as well. */
export type RestRouter = {
  /** Registers with the inner router and with REST. */
  readonly router: ConnectRouter;
  /** Finds what answers a path, given without its query. */
  find(method: string, path: string): RestMatch;
};

/**
 * Wraps a router, so that what is registered with it is served over REST too: implementations,
 * interceptors, gate and limits are the same. Methods without a google.api.http rule pass by. A rule
 * that is not supported throws an Error that names its method, so that a service with one does not start:
 * the supported ones are get, put, post, delete and patch, with additional bindings, and a `response_body` that is a
 * google.api.HttpBody.
 */
export function createRestRouter(inner: ConnectRouter, options: UnaryOptions = {}): RestRouter {
  const routes: Route<RestTarget>[] = [];
  let find = createRoutes(routes);

  const router: ConnectRouter = {
    handlers: inner.handlers,
    service(service, implementation, own) {
      inner.service(service, implementation, own);
      for (const spec of Object.values(createServiceImplSpec(service, implementation).methods)) add(spec, own);
      return router;
    },
    rpc(method, implementation, own) {
      inner.rpc(method, implementation, own);
      add(createMethodImplSpec(method, implementation), own);
      return router;
    },
  };

  return {
    router,
    find(method, path) {
      const found = find(method, path);
      if (found === undefined || "allow" in found) return found;
      const { call, requestPath, procedure } = found.target;
      return { requestPath, procedure, protocol: "rest", answer: call(found.variables) };
    },
  };

  function add(spec: MethodImplSpec, own: Pick<UnaryOptions, "interceptors" | "readMaxBytes"> = {}): void {
    const { interceptors = options.interceptors, readMaxBytes = options.readMaxBytes } = own;
    try {
      for (const rule of readRules(spec.method)) {
        routes.push(createRoute(spec, rule, { ...options, interceptors, readMaxBytes }));
      }
      find = createRoutes(routes);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : "";
      throw new Error(`${spec.method.parent.typeName}.${spec.method.name}: google.api.http: ${problem}`, { cause });
    }
  }
}

function createRoute(spec: MethodImplSpec, rule: RestRule, options: UnaryOptions): Route<RestTarget> {
  if (spec.kind !== "unary") throw new Error("streaming methods are not supported");
  const { httpMethod, path, template, body, responseBody } = rule;
  const binding = {
    bind: createBind(spec.method.input, template, body),
    takesJson: body !== "",
    write: createWrite(spec.method.output, responseBody),
  };
  return {
    method: httpMethod,
    template,
    target: {
      call: createRestCall(spec, binding, options),
      requestPath: path,
      procedure: { service: spec.method.parent.typeName, method: spec.method.name },
    },
  };
}
