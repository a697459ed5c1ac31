/** What the tests of the listener share: one with every protocol on it, and raw connections to it. */
import { once } from "node:events";
import { connect } from "node:net";
import {
  type ConnectRouter,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type ServiceImpl,
} from "@connectrpc/connect";
import { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Exchange } from "../../src/http/exchange.ts";
import { createListener, type Listener, type ListenerOptions } from "../../src/http/listener.ts";
import { addressKey } from "../../src/limit/address-key.ts";
import { createLog } from "../../src/log/log.ts";
import { createRestRouter } from "../../src/rest/rest-router.ts";
import { callInfoKey } from "../../src/rpc/call.ts";
import { conceal, strictOptions } from "../../src/rpc/conceal.ts";
import type { GateContext } from "../../src/unary/unary-call.ts";

export const base = "/api/v1/data-consumption/dashboards";
export const rpcBase = `/${DashboardsService.typeName}`;

/** What the listener told the handlers of a request. */
export const exchangeKey = createContextKey<Exchange | undefined>(undefined);

export type Service = Partial<ServiceImpl<typeof DashboardsService>>;

type Options = Partial<ListenerOptions> & {
  readonly gate?: (context: GateContext) => void;
  /** Registers what stands beside the service. */
  readonly more?: (router: ConnectRouter) => void;
};

/** Creates a listener that lets everybody in, has no links and no assets, and tells nobody; but for what is given. */
export function createTestListener(options: Partial<ListenerOptions> & Pick<ListenerOptions, "find">): Listener {
  return createListener({
    contextValues: (exchange) => createContextValues().set(callInfoKey, exchange),
    share: async () => ({ status: 404, headers: {}, body: "" }),
    busyPage: () => ({ status: 503, headers: { "content-type": "text/html" }, body: "<p>busy</p>" }),
    admission: { isFull: () => false, refuse: () => {}, enter: async () => new DisposableStack() },
    assets: new Map(),
    ready: async () => ({ ready: true }),
    trustedProxies: [],
    addressKey,
    log: createLog("silent"),
    now: Date.now,
    ...options,
  });
}

/** Starts a listener for the service on a free port, with bodies of at most 1 KiB. */
export async function startListener(service: Service, { gate, more, ...options }: Options = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog("info", { write: (line) => lines.push(JSON.parse(line)) });
  const rpcOptions = { ...strictOptions, readMaxBytes: 1_024, ...(gate && { requestGate: gate }) };
  const inner = createConnectRouter(rpcOptions);
  const rest = createRestRouter(inner, rpcOptions);
  rest.router.service(DashboardsService, service);
  more?.(inner);
  const rpc = new Map(inner.handlers.map((handler) => [handler.requestPath, conceal(handler)]));
  const listener = createTestListener({
    find: ({ method, path }) => rpc.get(path) ?? rest.find(method, path),
    contextValues: (exchange) => createContextValues().set(exchangeKey, exchange),
    share: async (token) => ({ status: 200, headers: { "content-type": "text/html" }, body: `<p>${token}</p>` }),
    log,
    ...options,
  });
  const port = await listener.listen(0, "127.0.0.1");
  /** The lines of the access log, once there are as many. */
  const requests = async (count: number) => {
    const deadline = Date.now() + 2_000;
    for (;;) {
      const found = lines.filter(({ msg }) => msg === "request");
      if (found.length >= count || Date.now() > deadline) return found;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { listener, port, origin: `http://127.0.0.1:${port}`, lines, requests };
}

/** How a raw exchange ends, other than by the other side's closing it. */
type Ending = {
  /** The longest that it takes. */
  readonly waitMs?: number;
  /** Silence after an answer that ends it, too short for the other side to close; 0 waits on. */
  readonly quietMs?: number;
  /** Whether our side is closed after the last byte. */
  readonly half?: boolean;
};

/** Sends bytes as they are and returns all that comes back. */
export async function exchangeRaw(port: number, parts: readonly (string | Buffer)[], ending: Ending = {}) {
  const { waitMs = 1_000, quietMs = 50, half = false } = ending;
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  const chunks: Buffer[] = [];
  const closed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), waitMs);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (quietMs > 0) socket.setTimeout(quietMs, () => resolve(false));
    });
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
    for (const part of parts) socket.write(part);
    if (half) socket.end();
  });
  socket.destroy();
  const text = Buffer.concat(chunks).toString("latin1");
  const answers = text.match(/HTTP\/1\.1 \d+/g) ?? [];
  return { text, closed, answers: answers.length, status: Number(answers[0]?.slice("HTTP/1.1 ".length) ?? 0) };
}
