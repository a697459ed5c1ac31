import type { DescMethodUnary, DescService } from "@bufbuild/protobuf";
import { createConnectRouter, type Interceptor, type MethodImpl, type ServiceImpl } from "@connectrpc/connect";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Find } from "../http/dispatch.ts";
import type { Log } from "../log/log.ts";
import type { RestOptions } from "../rest/rest-call.ts";
import { createRestRouter } from "../rest/rest-router.ts";
import { conceal, strictOptions } from "../rpc/conceal.ts";
import type { Gate } from "../rpc/gate.ts";
import { addHealth } from "../rpc/health.ts";
import { deadlineInterceptor, faultInterceptor, validateInterceptor } from "../rpc/interceptors.ts";
import { policies } from "../rpc/policy.ts";
import { addReflection } from "../rpc/reflection.ts";
import { findConnectionProblems } from "../rpc/save-connection.ts";
import { findCrossFieldProblems } from "../rpc/save-definition.ts";
import type { CrossFieldCheck, FieldCheck } from "../rpc/validate.ts";

/** What the routes lead to, and what stands before it. */
export type RoutesOptions = {
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly connections: ServiceImpl<typeof ConnectionsService>;
  readonly gate: Gate;
  /** Returns the JSON of an answer where it is kept. */
  readonly keptJson?: RestOptions["keptJson"];
  /** Judges a call once more, when its body has come. */
  readonly lateGate: Interceptor;
  readonly fieldCheck: FieldCheck;
  /** Whether calls are welcome, for grpc.health.v1. */
  readonly isServing: () => Promise<boolean>;
  /** Ends the calls that watch the service's health, which have no end of their own. */
  readonly shutdownSignal: AbortSignal;
  readonly timeoutMs: number;
  readonly log: Log;
};

/** Registers the services once for their four protocols, and returns what finds a request's handler. */
export function createRoutes(options: RoutesOptions): Find {
  const { dashboards, connections, gate, keptJson, lateGate, fieldCheck, isServing, shutdownSignal, timeoutMs, log } =
    options;
  const inner = createConnectRouter({ ...strictOptions, requestGate: gate });
  const rest = createRestRouter(inner, { requestGate: gate, keptJson });
  add(DashboardsService, dashboards, findCrossFieldProblems);
  add(ConnectionsService, connections, findConnectionProblems);
  const services = [DashboardsService, ConnectionsService];
  addHealth(inner, { services: services.map(({ typeName }) => typeName), isServing, shutdownSignal });
  addReflection(inner, services);

  const byPath = new Map(inner.handlers.map((handler) => [handler.requestPath, conceal(handler)]));
  return ({ method, path }) => byPath.get(path) ?? rest.find(method, path);

  function add<Service extends DescService>(
    service: Service,
    implementation: ServiceImpl<Service>,
    crossFieldCheck: CrossFieldCheck,
  ): void {
    const interceptors = [
      faultInterceptor(log),
      deadlineInterceptor(timeoutMs),
      lateGate,
      validateInterceptor(fieldCheck, crossFieldCheck),
    ];
    const methods = implementation as Readonly<Record<string, MethodImpl<DescMethodUnary>>>;
    for (const method of service.methods as readonly DescMethodUnary[]) {
      const readMaxBytes = policies[method.name]!.maxBodyBytes;
      rest.router.rpc(method, methods[method.localName]!, { interceptors, readMaxBytes });
    }
  }
}
