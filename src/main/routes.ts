import type { DescMethodUnary, DescService } from "@bufbuild/protobuf";
import {
  type ConnectError,
  createConnectRouter,
  createMethodImplSpec,
  type HandlerContext,
  type Interceptor,
  type MethodImpl,
  type ServiceImpl,
} from "@connectrpc/connect";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createGrpcCall, isPlainGrpc } from "../grpc/grpc-call.ts";
import type { Find } from "../http/dispatch.ts";
import type { WholeHandler } from "../http/whole-request.ts";
import type { Log } from "../log/log.ts";
import { createRestRouter } from "../rest/rest-router.ts";
import { callInfoKey } from "../rpc/call.ts";
import { conceal, strictOptions } from "../rpc/conceal.ts";
import type { Gate } from "../rpc/gate.ts";
import { addHealth } from "../rpc/health.ts";
import { deadlineInterceptor, faultInterceptor, validateInterceptor } from "../rpc/interceptors.ts";
import { policies } from "../rpc/policy.ts";
import { addReflection } from "../rpc/reflection.ts";
import { reportFault } from "../rpc/report.ts";
import { findConnectionProblems } from "../rpc/save-connection.ts";
import { findCrossFieldProblems } from "../rpc/save-definition.ts";
import type { CrossFieldCheck, FieldCheck } from "../rpc/validate.ts";
import { createKeptMessages } from "../unary/kept-messages.ts";
import type { UnaryOptions, UnarySpec } from "../unary/unary-call.ts";

/** What the routes lead to, and what stands before it. */
export type RoutesOptions = {
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly connections: ServiceImpl<typeof ConnectionsService>;
  readonly gate: Gate;
  /** Returns the bytes of an answer where they are kept. */
  readonly kept?: UnaryOptions["kept"];
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
  const { dashboards, connections, gate, kept, lateGate, fieldCheck, isServing, shutdownSignal, timeoutMs, log } =
    options;
  const inner = createConnectRouter({ ...strictOptions, requestGate: gate });
  const messages = createKeptMessages();
  const rest = createRestRouter(inner, { requestGate: gate, kept, messages });
  const grpc = new Map<string, WholeHandler>();
  add(DashboardsService, dashboards, findCrossFieldProblems);
  add(ConnectionsService, connections, findConnectionProblems);
  const services = [DashboardsService, ConnectionsService];
  addHealth(inner, { services: services.map(({ typeName }) => typeName), isServing, shutdownSignal });
  addReflection(inner, services);

  const byPath = new Map(inner.handlers.map((handler) => [handler.requestPath, conceal(handler)]));
  return ({ method, path, header }) => {
    const plain = method === "POST" && header !== undefined && isPlainGrpc(header) ? grpc.get(path) : undefined;
    return plain ?? byPath.get(path) ?? rest.find(method, path);
  };

  function report(error: unknown, { method, values }: Pick<HandlerContext, "method" | "values">): ConnectError {
    return reportFault(error, { method: method.name, requestId: values.get(callInfoKey)?.requestId }, log);
  }

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
      const implementation = methods[method.localName]!;
      rest.router.rpc(method, implementation, { interceptors, readMaxBytes });
      const spec = createMethodImplSpec(method, implementation) as UnarySpec;
      const requestPath = `/${service.typeName}/${method.name}`;
      const answer = createGrpcCall(spec, {
        ...{ requestGate: gate, kept, messages },
        interceptors,
        readMaxBytes,
        report,
      });
      grpc.set(requestPath, { requestPath, answer });
    }
  }
}
