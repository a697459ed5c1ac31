import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import {
  type ConnectRouter,
  createMethodImplSpec,
  createServiceImplSpec,
  type MethodImplSpec,
} from "@connectrpc/connect";
import { http } from "../../gen/google/api/annotations_pb.js";
import type { HttpRule } from "../../gen/google/api/http_pb.js";
import type { UnaryOptions } from "../unary/unary-call.ts";
import { createBind } from "./bind.ts";
import { createRestCall, type RestCall } from "./rest-call.ts";
import { createRoutes, type Route } from "./routes.ts";
import { parseTemplate } from "./template.ts";

type RestMatch = RestHandler | { readonly allow: readonly string[] } | undefined;

/** Answers requests at a path, of which it knows the template. */
type RestHandler = { readonly requestPath: string; readonly answer: ReturnType<RestCall> };

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
 * the supported ones are get, put, post, delete and patch, with additional bindings.
 */
export function createRestRouter(inner: ConnectRouter, options: UnaryOptions = {}): RestRouter {
  const routes: Route<{ call: RestCall; requestPath: string }>[] = [];
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
      const { call, requestPath } = found.target;
      return { requestPath, answer: call(found.variables) };
    },
  };

  function add(spec: MethodImplSpec, own: Pick<UnaryOptions, "interceptors" | "readMaxBytes"> = {}): void {
    const { interceptors = options.interceptors, readMaxBytes = options.readMaxBytes } = own;
    try {
      for (const rule of rulesOf(spec.method)) {
        routes.push(createRoute(spec, rule, { ...options, interceptors, readMaxBytes }));
      }
      find = createRoutes(routes);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : "";
      throw new Error(`${spec.method.parent.typeName}.${spec.method.name}: google.api.http: ${problem}`, { cause });
    }
  }
}

function rulesOf(method: DescMethod): readonly HttpRule[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings];
}

function createRoute(
  spec: MethodImplSpec,
  rule: HttpRule,
  options: UnaryOptions,
): Route<{ call: RestCall; requestPath: string }> {
  const { pattern, body } = rule;
  if (spec.kind !== "unary") throw new Error("streaming methods are not supported");
  if (rule.responseBody !== "") throw new Error("response_body is not supported");
  if (pattern.case === undefined || pattern.case === "custom") throw new Error("custom patterns are not supported");
  if (body !== "" && (pattern.case === "get" || pattern.case === "delete")) {
    throw new Error(`${pattern.case} takes no body`);
  }
  const template = parseTemplate(pattern.value);
  const bind = createBind(spec.method.input, template, body);
  return {
    method: pattern.case.toUpperCase(),
    template,
    target: { call: createRestCall(spec, bind, body !== "", options), requestPath: pattern.value },
  };
}
