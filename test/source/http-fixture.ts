import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ConnectionSecretSchema, HttpConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { type HttpSource, HttpSourceSchema } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type BoundValue, createBinding } from "../../src/definition/filter-value.ts";
import { createAddressResolver, httpPorts } from "../../src/source/address.ts";
import type { OpenConnection, ReadBounds, ResolveAddress } from "../../src/source/connector.ts";
import { createHttpConnector } from "../../src/source/http/connector.ts";

/** A service on 127.0.0.1 that says what it is told to say, byte for byte. */
export type Upstream = {
  readonly port: number;
  /** The requests, as they came: head and body together. */
  readonly requests: string[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** What is done with the next requests. */
  answer(reply: Reply): void;
  close(): Promise<void>;
};

/** Says something on a socket when a whole request has come. */
export type Reply = (socket: Socket, request: string) => void;

/** Starts a service, with TLS if it has a certificate. */
export async function startUpstream(tls?: { readonly cert: string; readonly key: string }): Promise<Upstream> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let reply: Reply = (socket) => socket.destroy();
  const serve = (socket: Socket) => {
    let read = "";
    socket.on("data", (chunk) => {
      read += chunk.toString("latin1");
      const [head, body] = [read.split("\r\n\r\n")[0]!, read.split("\r\n\r\n").slice(1).join("\r\n\r\n")];
      if (head === read || body.length < Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)) return;
      const request = read;
      read = "";
      requests.push(request);
      reply(socket, request);
    });
    socket.on("error", () => undefined);
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    answer(next) {
      reply = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers 200 with a body in JSON. */
export function json(body: string, headers = "content-type: application/json"): Reply {
  return raw(`HTTP/1.1 200 OK\r\n${headers}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** Answers with a status and an empty list. */
export function status(code: number, headers = ""): Reply {
  const body = code === 204 || code === 304 ? "" : "[]";
  const length = code === 204 || code === 304 ? "" : "content-length: 2\r\n";
  return raw(`HTTP/1.1 ${code} Word\r\ncontent-type: application/json\r\n${length}${headers}\r\n${body}`);
}

/** Answers with those bytes. */
export function raw(bytes: string | Buffer): Reply {
  return (socket) => {
    socket.write(bytes);
  };
}

/** Where the names of the tests lead: `sink.test:80` and `api.test:443` to the upstream, others nowhere. */
function resolveTo(port: number): ResolveAddress {
  const leadsTo = { host: "127.0.0.1", port };
  const lookUp = async () => [];
  return createAddressResolver({
    ports: httpPorts,
    lookUp: { allowed: lookUp, other: lookUp },
    allowed: [
      { host: "sink.test", port: 80, leadsTo },
      { host: "api.test", port: 443, leadsTo },
      { host: "127.0.0.1", port: 443, leadsTo },
      { host: "other.test", port: 443, leadsTo },
    ],
  });
}

/** A connection with what a test says of it. */
export function httpConnection(
  init: { readonly url?: string; readonly caCertificate?: string } = {},
  secret: { readonly bearerToken?: string; readonly headers?: Record<string, string> } = {},
  identity: { readonly tenant?: string; readonly name?: string; readonly revision?: number } = {},
): OpenConnection<"http"> {
  return {
    ...{ tenant: "a", name: "api", revision: 1, ...identity },
    kind: { case: "http", value: create(HttpConnectionSchema, { url: "http://sink.test/v1/", ...init }) },
    secret: async () => create(ConnectionSecretSchema, secret),
  };
}

/** What a test says of a source. */
type SourceInit = MessageInitShape<typeof HttpSourceSchema>;

/** A source that asks for the connection's url itself, unless a test says otherwise. */
function httpSource(init: SourceInit = {}): HttpSource {
  return create(HttpSourceSchema, { connection: "api", ...init });
}

/** Generous bounds. */
export const bounds: ReadBounds = {
  timezone: "Europe/Berlin",
  maxRows: 10_000,
  maxBytes: 4_000_000,
  timeoutMs: 5_000,
  signal: new AbortController().signal,
};

/** A connector whose names lead to the upstream, and what it answers. */
export function connectTo(upstream: Upstream, resolve: ResolveAddress = resolveTo(upstream.port)) {
  const connector = createHttpConnector({ resolve });
  return {
    ...connector,
    read: (
      source: SourceInit = {},
      connection = httpConnection(),
      filters: Record<string, BoundValue> = {},
      within: Partial<ReadBounds> = {},
    ) =>
      connector.read(
        connection,
        { source: httpSource(source), binding: createBinding(Object.entries(filters)) },
        { ...bounds, ...within },
      ),
  };
}
