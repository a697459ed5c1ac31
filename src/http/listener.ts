import { randomUUID } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import { Server as NetServer } from "node:net";
import type { Network } from "../config/network.ts";
import { fault } from "../errors/fault.ts";
import type { Admission } from "../limit/admission.ts";
import type { Answer } from "./answer.ts";
import { type Asset, createAssets, type MakeAsset } from "./assets.ts";
import { createClientAddress, createProxyCheck, plainAddress } from "./client-address.ts";
import { createConnections } from "./connections.ts";
import { createDispatch, type DispatchOptions } from "./dispatch.ts";
import { createIntake, type Intake } from "./intake.ts";
import { createLateFiles, type LateFile } from "./late-files.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { createQuickRefusal } from "./quick-refusal.ts";
import { refuseRaw } from "./raw.ts";
import { type Certificate, createServers } from "./servers.ts";
import { createShed } from "./shed.ts";

/** What a listener is made of. */
export type ListenerOptions = Pick<
  DispatchOptions,
  "find" | "contextValues" | "share" | "ready" | "onRequest" | "follow" | "log" | "now"
> & {
  readonly admission: Admission;
  /** The page for whoever opens a link while too much is asked; it is sent with a `Retry-After`. */
  readonly busyPage: () => Answer;
  /** By path. */
  readonly assets: ReadonlyMap<string, Asset>;
  /** Makes those that are too many to keep; none when absent. */
  readonly makeAsset?: MakeAsset;
  /** Read when they are first asked for, by path; none when absent. */
  readonly lateFiles?: ReadonlyMap<string, LateFile>;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly Network[];
  /** What connections of an address are counted under. */
  readonly addressKey: (address: string) => string;
  /** Serves TLS instead of plain text. */
  readonly certificate?: Certificate;
  /** Those that differ from `defaultLimits`. */
  readonly limits?: Partial<Limits>;
};

/** A port that answers requests. */
export type Listener = {
  /** Starts to listen, on a free port for 0, and returns the port. Fails as the port cannot be had. */
  listen(port: number, host: string): Promise<number>;
  /** Calls back in a later turn of the event loop, when what has arrived was taken in. */
  readonly nextTurn: Intake;
  /**
   * Stops: takes no more connections, says so at `/readyz`, ends what is in flight, and after `graceMs`
   * cuts what is left. Resolves when the last connection is gone.
   */
  close(graceMs: number): Promise<void>;
};

/** How often a drain closes what has become idle. Requests that were sent before it began arrive in less. */
const settleMs = 100;

/** How long a connection that is new when a drain begins has to bring its first request: some round trips, with TLS. */
const firstRequestMs = 1_000;

/** Creates a listener for HTTP/1.1 and HTTP/2 on one port. It listens once told to. */
export function createListener(options: ListenerOptions): Listener {
  const { admission, find, log, certificate, now } = options;
  const limits = { ...defaultLimits, ...options.limits };
  let draining = false;
  const isProxy = createProxyCheck(options.trustedProxies);
  const connections = createConnections({
    limits,
    isProxy,
    keyOf: (address) => options.addressKey(plainAddress(address)),
  });
  const shed = createShed({ busyPage: options.busyPage, random: Math.random, log, now });
  const { onRequest } = options;
  const refuseQuickly = createQuickRefusal({ admission, find, shed, generateId: randomUUID, onRequest });
  const dispatch = createDispatch({
    ...options,
    shed,
    assets: createAssets(options.assets, options.makeAsset),
    lateFiles: createLateFiles(options.lateFiles ?? new Map()),
    clientAddress: createClientAddress(isProxy),
    generateId: randomUUID,
    isDraining: () => draining,
    maxHeaderBytes: limits.maxHeaderBytes,
  });
  const servers = createServers({
    ...{ certificate, limits, connections, dispatch, refuse: refuseUnread },
    // While it drains, answers say that their connections end.
    refuseQuickly: (request, response) => !draining && refuseQuickly(request, response),
  });
  const { http1 } = servers;
  const nextTurn = createIntake(http1);

  return {
    nextTurn,
    async listen(port, host) {
      await new Promise<void>((resolve, reject) => {
        http1.once("error", reject);
        http1.listen(port, host, () => {
          http1.off("error", reject);
          resolve();
        });
      });
      return (http1.address() as AddressInfo).port;
    },

    async close(graceMs) {
      draining = true;
      // Connections that callers have already would be reset with the socket that they wait at. Twice, for the turn that
      // goes on may have looked for them before they came.
      for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => nextTurn(resolve));
      // The close of node:http cuts idle connections at once, also those on which a request is arriving.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(http1, () => resolve()));
      for (const response of servers.responses) if (!response.headersSent) response.setHeader("connection", "close");
      for (const session of servers.sessions.keys()) session.close();
      // In a turn that has read what arrived: else what was just sent would be lost unread.
      const sparesNewMs = performance.now() + firstRequestMs;
      const destroyIdle = () => connections.destroyIdle(performance.now() < sparesNewMs);
      const settle = setInterval(() => nextTurn(destroyIdle), settleMs);
      const cut = setTimeout(connections.destroyAll, graceMs);
      await closed;
      clearInterval(settle);
      clearTimeout(cut);
    },
  };

  function refuseUnread(socket: Socket, error: Error & { code?: string }): void {
    const requestId = randomUUID();
    log.info(
      { requestId, method: "other", path: "(none)", status: 400, protocol: "http/1.1", code: error.code },
      "request",
    );
    refuseRaw(
      socket,
      fault("INVALID_REQUEST", reasons[error.code ?? ""] ?? "this is not a request of HTTP/1.1"),
      requestId,
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "the head of the request is too large",
  ERR_HTTP_REQUEST_TIMEOUT: "the request took too long to arrive",
};
