import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { badCertificate } from "./bad-certificate.ts";

/** How an upstream answers. Without any of it: 200 and `body`. */
export type HttpReply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** One header many times. */
  readonly headersRepeat?: readonly [name: string, value: string, n: number];
  readonly body?: Buffer;
  /** Every connection is reset at once. It is counted, which it would not be if nobody listened. */
  readonly refuse?: boolean;
  /** Nothing ever comes. */
  readonly blackhole?: boolean;
  readonly delayMs?: number;
  /** The connection is reset behind the headers. */
  readonly resetAfter?: string;
  /** A text that comes again and again, for ever. */
  readonly stream?: string;
  readonly intervalMs?: number;
  /** A header comes every so often, for ever. */
  readonly headersDripMs?: number;
  /** Sent as it is, then the connection ends. */
  readonly raw?: string;
  /** `bad`: with a certificate that is signed by itself, has expired and is another host's. */
  readonly tls?: string;
};

/** A request as it arrived. */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  /** In order of arrival, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** A web service under the harness' control, down to its bytes. */
export type HttpUpstream = {
  readonly requests: readonly SeenRequest[];
  readonly connections: () => number;
  /** Requests that it has not answered, and whose callers still wait. */
  readonly unanswered: () => number;
  /** What it answers from now on. */
  reply(reply: HttpReply): void;
  /** What it answers now. */
  readonly current: () => HttpReply;
  /** Serves a connection that somebody else has accepted. */
  serve(socket: Socket): void;
  /** Listens at a free port, and returns it. */
  listen(host: string): Promise<number>;
  close(): void;
};

/** Creates one that answers a row. */
export function createHttpUpstream(): HttpUpstream {
  let current: HttpReply = { body: Buffer.from(defaultRows) };
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Map<SeenRequest, Socket>();
  let connections = 0;

  const serve = (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // Whoever leaves an upstream early cuts the connection.
    socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    if (current.refuse) socket.resetAndDestroy();
    else if (current.tls === undefined) talk(socket, socket);
    else
      talk(
        new TLSSocket(socket, { isServer: true, ...badCertificate }).on("error", () => {}),
        socket,
      );
  };
  const server = createServer(serve);

  return {
    requests,
    connections: () => connections,
    unanswered: () => [...waiting.values()].filter(({ destroyed }) => !destroyed).length,
    reply(reply) {
      current = reply;
    },
    current: () => current,
    serve,
    async listen(host) {
      server.listen(0, host);
      await once(server, "listening");
      return (server.address() as { port: number }).port;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };

  function talk(stream: Socket, socket: Socket): void {
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const request = readRequest(text.slice(0, end));
        const length = Number(request.headers.find(([name]) => name === "content-length")?.[1] ?? 0);
        text = text.slice(end + 4 + length);
        requests.push(request);
        waiting.set(request, socket);
        answer(stream, socket, current)
          .catch(() => socket.destroy())
          .finally(() => waiting.delete(request));
      }
    });
  }
}

/** What it answers unless it is told otherwise. */
export const defaultRows = '[{"label":"row-UP-1","amount":1}]';

function readRequest(head: string): SeenRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = lines.map(
    (line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()] as const,
  );
  return { method, path, headers };
}

async function answer(stream: Socket, socket: Socket, reply: HttpReply): Promise<void> {
  if (reply.blackhole) return;
  // What is later than the run is of no interest.
  await sleep(reply.delayMs ?? 0, undefined, { ref: false });
  if (reply.raw !== undefined) {
    stream.end(reply.raw);
    return;
  }
  if (reply.headersDripMs !== undefined) {
    stream.write("HTTP/1.1 200 OK\r\n");
    for (let n = 0; !socket.destroyed; n += 1, await sleep(reply.headersDripMs)) stream.write(`x-${n}: y\r\n`);
    return;
  }
  const head = headOf(reply);
  if (reply.resetAfter !== undefined) {
    stream.write(head, () => socket.resetAndDestroy());
    return;
  }
  stream.write(head);
  if (reply.stream !== undefined) {
    for (; !socket.destroyed; await sleep(reply.intervalMs ?? 0)) stream.write(reply.stream);
    return;
  }
  if (reply.body !== undefined) stream.write(reply.body);
}

function headOf(reply: HttpReply): string {
  const { status = 200, headers = {}, headersRepeat, body, stream } = reply;
  const [name = "", value = "", n = 0] = headersRepeat ?? [];
  const bodiless = status < 200 || status === 204;
  const defaults: [string, string][] = [["content-type", "application/json"]];
  if (stream === undefined && !bodiless) defaults.push(["content-length", `${body?.byteLength ?? 0}`]);
  const lines = [
    ...defaults.filter(([each]) => !Object.hasOwn(headers, each)),
    ...Object.entries(headers),
    ...Array.from({ length: n }, () => [name, value]),
  ];
  return `HTTP/1.1 ${status} x\r\n${lines.map(([each, text]) => `${each}: ${text}\r\n`).join("")}\r\n`;
}
