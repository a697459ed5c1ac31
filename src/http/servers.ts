import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Connections } from "./connections.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Limits } from "./limits.ts";
import { createLinkedSet } from "./linked-set.ts";
import type { QuickRefusal } from "./quick-refusal.ts";
import { createSessionTurns, type SessionTurns } from "./session-turns.ts";
import { watchSession } from "./sessions.ts";
import { createSlowReaders } from "./slow-readers.ts";
import { sniffHttp2 } from "./sniff.ts";

/** A certificate chain and its key, in PEM. */
export type Certificate = { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };

type Http2Listener = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** What the servers are made of. */
export type ServersOptions = {
  readonly certificate: Certificate | undefined;
  readonly limits: Limits;
  readonly connections: Connections;
  /** Asked first. */
  readonly refuseQuickly: QuickRefusal;
  readonly dispatch: Dispatch;
  /** Answers what Node could not read as a request, or will not answer. */
  readonly refuse: (socket: Socket, error: Error & { code?: string }) => void;
};

/** One port's servers: the first listens, and hands HTTP/2 connections to the second. */
export type Servers = {
  readonly http1: Server;
  /** Open HTTP/2 sessions, with their sockets. */
  readonly sessions: ReadonlyMap<ServerHttp2Session, Socket>;
  /** HTTP/1.1 responses that are not over. */
  readonly responses: Iterable<ServerResponse>;
};

/**
 * Creates the servers of HTTP/1.1 and HTTP/2 on one port: by what a connection begins with, since h2c
 * is spoken with prior knowledge (RFC 9113, 3.3), or by ALPN where there is a certificate. `Upgrade: h2c`
 * is ignored, as RFC 9113 now has it.
 */
export function createServers(options: ServersOptions): Servers {
  const { certificate, limits, connections, refuse } = options;
  const responses = createLinkedSet<ServerResponse>();
  const sessions = new Map<ServerHttp2Session, Socket>();
  const turns = new WeakMap<ServerHttp2Session, SessionTurns>();
  /** Connections of HTTP/1.1 on which nothing more is read. */
  const closing = new WeakSet<Socket>();
  /** Those whose last request was answered before all of it was there: whatever is wrong with the rest, it has its answer. */
  const unread = new WeakSet<Socket>();
  const slowReaders = createSlowReaders(limits);
  const http1 = createHttp1(certificate, limits, (request, response) => {
    unread.delete(request.socket);
    if (options.refuseQuickly(request, response)) {
      if (!request.complete) unread.add(request.socket);
      // Its connection counts as used a moment ago all the same.
      return connections.begin(request.socket)();
    }
    const end = connections.begin(request.socket);
    const leave = slowReaders.watch(response);
    const forget = responses.add(response);
    // One listener for all that is then over: each takes as long as what it does.
    response.once("close", () => {
      forget();
      leave();
      end();
    });
    options.dispatch(request, response, end);
  });
  const http2 = createHttp2(limits, (request, response) => {
    for (const each of [request, response]) each.on("error", () => {});
    // A stream that has been taken back by now has none.
    const session = request.stream.session as ServerHttp2Session | undefined;
    if (session === undefined) return;
    // Its connection is not idle while it waits for its turn.
    const end = connections.begin(sessions.get(session)!);
    response.once("close", end);
    turns.get(session)!.add({
      isGone: () => request.stream.destroyed,
      begin() {
        request.stream.once("close", slowReaders.watch(request.stream));
        options.dispatch(request, response, end);
      },
    });
  });

  // The server that listens must be that of HTTP/1.1: only then does Node enforce its timeouts.
  const event = certificate === undefined ? "connection" : "secureConnection";
  const [serveHttp1] = http1.listeners(event) as ((this: Server, socket: Socket) => void)[];
  http1.removeAllListeners(event);
  http1.on(event, (socket: Socket) => {
    connections.add(socket);
    if (certificate !== undefined) serve(socket, (socket as TLSSocket).alpnProtocol === "h2");
    else sniffHttp2(socket, limits.headersTimeoutMs, (isHttp2) => serve(socket, isHttp2));
  });
  http1.on("clientError", (error, socket) => refuseOn(socket as Socket, error));
  http1.on("connect", (_, socket) => refuseOn(socket as Socket, new Error("CONNECT")));
  http1.removeAllListeners("tlsClientError").on("tlsClientError", (_: Error, socket: Socket) => socket.destroy());
  return { http1, sessions, responses };

  function serve(socket: Socket, isHttp2: boolean): void {
    if (isHttp2) {
      // Else a connection that its peer has closed would stay, since the server of HTTP/1.1 made the socket.
      socket.allowHalfOpen = false;
      // Emitted before `emit` returns.
      http2.once("session", (session) => {
        sessions.set(session, socket);
        turns.set(session, createSessionTurns());
        session.once("close", () => sessions.delete(session));
        watchSession(session, limits);
      });
      http2.emit("connection", socket);
    } else {
      serveHttp1!.call(http1, socket);
      // Whatever was read to find out is flowing again once the parser listens.
      socket.resume();
    }
  }

  /**
   * An answer that has begun, or that a request before this one is still to get, must not be mixed up with
   * another. Whole requests get theirs, and then the connection is closed.
   */
  function refuseOn(socket: Socket, error: Error & { code?: string }): void {
    if (closing.has(socket)) return;
    if (unread.has(socket)) return void socket.destroy();
    const others = [...responses].filter(({ req }) => req.socket === socket);
    const mixed = others.some(({ headersSent, req }) => headersSent || req.complete);
    const last = others.every(({ req }) => req.complete) ? others.at(-1) : undefined;
    if (socket.writable && last !== undefined) {
      closing.add(socket);
      last.once("close", () => socket.destroySoon());
    } else if (mixed || !socket.writable) socket.destroy();
    else if (!socket.writableEnded) {
      // What still comes must not cut off the answer.
      closing.add(socket);
      refuse(socket, error);
    }
  }
}

function createHttp1(certificate: Certificate | undefined, limits: Limits, onRequest: RequestListener): Server {
  const options = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1_000,
    // Checked with the rest of the head, so that the answer is the documented one.
    requireHostHeader: false,
  };
  const server =
    certificate === undefined
      ? createServer(options, onRequest)
      : createHttpsServer(
          {
            ...options,
            cert: certificate.cert as Buffer,
            key: certificate.key as Buffer,
            ALPNProtocols: ["h2", "http/1.1"],
            handshakeTimeout: limits.headersTimeoutMs,
          },
          onRequest,
        );
  // TLS handshakes are no connections of ours yet, but take room.
  server.maxConnections = 2 * limits.maxConnections;
  // Node drops the headers over a count without a word; what bounds them is their size.
  server.maxHeadersCount = 0;
  server.timeout = limits.idleTimeoutMs;
  return server.on("checkContinue", onRequest).on("checkExpectation", onRequest);
}

function createHttp2(limits: Limits, onRequest: Http2Listener): Http2Server {
  const server = createHttp2Server({
    settings: { maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxHeaderBytes },
    streamResetBurst: limits.maxResets,
    streamResetRate: limits.maxResetsPerSecond,
  });
  for (const event of ["request", "checkContinue", "checkExpectation", "connect"]) server.on(event, onRequest);
  // What ends a session is its peer's doing, and told to no one else.
  return server.on("sessionError", () => {});
}
