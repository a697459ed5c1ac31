import type { DescMethodUnary } from "@bufbuild/protobuf";
import { createConnectRouter, type MethodImpl, type ServiceImpl } from "@connectrpc/connect";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Find } from "../http/dispatch.ts";
import type { Log } from "../log/log.ts";
import { createRestRouter } from "../rest/rest-router.ts";
import { conceal, strictOptions } from "../rpc/conceal.ts";
import type { Gate } from "../rpc/gate.ts";
import { addHealth } from "../rpc/health.ts";
import { deadlineInterceptor, faultInterceptor, validateInterceptor } from "../rpc/interceptors.ts";
import { policies } from "../rpc/policy.ts";
import { addReflection } from "../rpc/reflection.ts";
import { findCrossFieldProblems } from "../rpc/save-definition.ts";
import type { FieldCheck } from "../rpc/validate.ts";

/** What the routes lead to, and what stands before it. */
export type RoutesOptions = {
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly gate: Gate;
  readonly fieldCheck: FieldCheck;
  /** Whether calls are welcome, for grpc.health.v1. */
  readonly isServing: () => Promise<boolean>;
  /** Ends the calls that watch the service's health, which have no end of their own. */
  readonly shutdownSignal: AbortSignal;
  readonly timeoutMs: number;
  readonly log: Log;
};

/** Registers the service once for its four protocols, and returns what finds a request's handler. */
export function createRoutes(options: RoutesOptions): Find {
  const { dashboards, gate, fieldCheck, isServing, shutdownSignal, timeoutMs, log } = options;
  const inner = createConnectRouter({ ...strictOptions, requestGate: gate });
  const rest = createRestRouter(inner, { requestGate: gate });
  const interceptors = [
    faultInterceptor(log),
    deadlineInterceptor(timeoutMs),
    validateInterceptor(fieldCheck, findCrossFieldProblems),
  ];
  for (const method of DashboardsService.methods as readonly DescMethodUnary[]) {
    const implementation = dashboards[method.localName as keyof typeof dashboards] as MethodImpl<DescMethodUnary>;
    rest.router.rpc(method, implementation, { interceptors, readMaxBytes: policies[method.name]!.maxBodyBytes });
  }
  addHealth(inner, { services: [DashboardsService.typeName], isServing, shutdownSignal });
  addReflection(inner, [DashboardsService]);

  const byPath = new Map(inner.handlers.map((handler) => [handler.requestPath, conceal(handler)]));
  return ({ method, path }) => byPath.get(path) ?? rest.find(method, path);
}
