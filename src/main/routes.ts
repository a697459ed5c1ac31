import { type DescMethodUnary, type DescService, isMessage, type Message } from "@bufbuild/protobuf";
import {
  type ConnectError,
  type ContextValues,
  createConnectRouter,
  createMethodImplSpec,
  type HandlerContext,
  type Interceptor,
  type MethodImpl,
  type ServiceImpl,
} from "@connectrpc/connect";
import { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { DashboardsService, RenderRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createConnectCall, isPlainConnect } from "../connect/connect-call.ts";
import { createGrpcCall, isPlainGrpc } from "../grpc/grpc-call.ts";
import type { Find } from "../http/dispatch.ts";
import type { WholeHandler } from "../http/whole-request.ts";
import type { Log } from "../log/log.ts";
import { createRestRouter } from "../rest/rest-router.ts";
import { callInfoKey } from "../rpc/call.ts";
import { conceal, strictOptions } from "../rpc/conceal.ts";
import type { RenderAtHand } from "../rpc/dashboards-service.ts";
import type { Gate } from "../rpc/gate.ts";
import { addHealth } from "../rpc/health.ts";
import { createValidation, deadlineInterceptor, faultInterceptor } from "../rpc/interceptors.ts";
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
  /** Answers renders with what is kept, before the interceptors are asked; none where it is absent. */
  readonly renderAtHand?: RenderAtHand;
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
  const validation = createValidation(fieldCheck, findProblems);
  const interceptors = [faultInterceptor(log), deadlineInterceptor(timeoutMs), lateGate, validation.interceptor];
  const rest = createRestRouter(inner, { requestGate: gate, atHand, kept, messages });
  const procedures = new Map<string, { readonly connect: WholeHandler; readonly grpc: WholeHandler }>();
  add(DashboardsService, dashboards);
  add(ConnectionsService, connections);
  const services = [DashboardsService, ConnectionsService];
  addHealth(inner, { services: services.map(({ typeName }) => typeName), isServing, shutdownSignal });
  addReflection(inner, services);

  const byPath = new Map(inner.handlers.map((handler) => [handler.requestPath, conceal(handler)]));
  return ({ method, path, header, isHttp2 }) => {
    const procedure = procedures.get(path);
    if (procedure !== undefined && header !== undefined) {
      if (isPlainConnect(method, header)) return procedure.connect;
      if (isHttp2 && method === "POST" && isPlainGrpc(header)) return procedure.grpc;
    }
    return byPath.get(path) ?? rest.find(method, path);
  };

  function report(error: unknown, { method, values }: Pick<HandlerContext, "method" | "values">): ConnectError {
    return reportFault(error, { method: method.name, requestId: values.get(callInfoKey)?.requestId }, log);
  }

  function atHand(message: Message, values: ContextValues): Message | undefined {
    const isKnown = isMessage(message, RenderRequestSchema) && validation.isFit(message);
    return isKnown ? options.renderAtHand?.(message, values) : undefined;
  }

  function add<Service extends DescService>(service: Service, implementation: ServiceImpl<Service>): void {
    const methods = implementation as Readonly<Record<string, MethodImpl<DescMethodUnary>>>;
    for (const method of service.methods as readonly DescMethodUnary[]) {
      const readMaxBytes = policies[method.name]!.maxBodyBytes;
      const implementation = methods[method.localName]!;
      rest.router.rpc(method, implementation, { interceptors, readMaxBytes });
      const spec = createMethodImplSpec(method, implementation) as UnarySpec;
      const requestPath = `/${service.typeName}/${method.name}`;
      const procedure = { service: service.typeName, method: method.name };
      const shared = { requestGate: gate, kept, messages, interceptors, readMaxBytes, atHand, report };
      procedures.set(requestPath, {
        connect: {
          requestPath,
          procedure,
          protocol: "connect",
          answer: createConnectCall(spec, { ...shared, ...strictOptions }),
        },
        grpc: { requestPath, procedure, protocol: "grpc", answer: createGrpcCall(spec, shared) },
      });
    }
  }
}

const findProblems: CrossFieldCheck = (schema, message) => [
  ...findCrossFieldProblems(schema, message),
  ...findConnectionProblems(schema, message),
];
