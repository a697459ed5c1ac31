import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Connections } from "./connections.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Limits } from "./limits.ts";
import { sniffHttp2 } from "./sniff.ts";

/** A certificate chain and its key, in PEM. */
export type Certificate = { readonly cert: string | Uint8Array; readonly key: string | Uint8Array };

/** What the servers are made of. */
export type ServersOptions = {
  readonly certificate: Certificate | undefined;
  readonly limits: Limits;
  readonly connections: Connections;
  readonly dispatch: Dispatch;
  /** Answers what Node could not read as a request, or will not answer. */
  readonly refuse: (socket: Socket, error: Error & { code?: string }) => void;
};

/** One port's servers: the first listens, and hands HTTP/2 connections to the second. */
export type Servers = {
  readonly http1: Server;
  /** Open HTTP/2 sessions. */
  readonly sessions: ReadonlySet<ServerHttp2Session>;
  /** HTTP/1.1 responses that are not over. */
  readonly responses: ReadonlySet<ServerResponse>;
};

/**
 * Creates the servers of HTTP/1.1 and HTTP/2 on one port: by what a connection begins with, since h2c
 * is spoken with prior knowledge (RFC 9113, 3.3), or by ALPN where there is a certificate. `Upgrade: h2c`
 * is ignored, as RFC 9113 now has it.
 */
export function createServers(options: ServersOptions): Servers {
  const { certificate, limits, connections, refuse } = options;
  const responses = new Set<ServerResponse>();
  const sessions = new Set<ServerHttp2Session>();
  const http1 = createHttp1(certificate, limits, (request, response) => {
    responses.add(response);
    const end = connections.begin(request.socket);
    response.once("close", () => {
      responses.delete(response);
      end();
    });
    options.dispatch(request, response);
  });
  const http2 = createHttp2(limits, options.dispatch);

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
      // Emitted before `emit` returns.
      http2.once("session", (session) => follow(session, socket));
      http2.emit("connection", socket);
    } else {
      serveHttp1!.call(http1, socket);
      // Whatever was read to find out is flowing again once the parser listens.
      socket.resume();
    }
  }

  /** An answer that has begun, or that a request before this one is still to get, must not be mixed up with another. */
  function refuseOn(socket: Socket, error: Error & { code?: string }): void {
    const others = [...responses].filter(({ req }) => req.socket === socket);
    const mixed = others.some(({ headersSent, req }) => headersSent || req.complete);
    if (mixed || !socket.writable) socket.destroy();
    else if (!socket.writableEnded) refuse(socket, error);
  }

  function follow(session: ServerHttp2Session, socket: Socket): void {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.setTimeout(limits.idleTimeoutMs, () => session.destroy());
    session.on("stream", (stream) => {
      stream.once("close", connections.begin(socket));
      if (stream.endAfterHeaders) return;
      const timer = setTimeout(() => stream.destroy(), limits.requestTimeoutMs);
      stream.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    });
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

function createHttp2(limits: Limits, dispatch: Dispatch): Http2Server {
  const server = createHttp2Server({
    settings: { maxConcurrentStreams: limits.maxStreams, maxHeaderListSize: limits.maxHeaderBytes },
  });
  for (const event of ["request", "checkContinue", "checkExpectation", "connect"]) server.on(event, dispatch);
  // What ends a session is its peer's doing, and told to no one else.
  return server.on("sessionError", () => {});
}
