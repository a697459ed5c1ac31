import { connect, type Socket } from "node:net";
import { createAnswerReader } from "../test/load/answer-reader.ts";
import { serveParent, startChild } from "./child.ts";
import type { Client } from "./compare-cost.ts";

/**
 * Where requests go, their bytes, whole and in the order in which they are sent, over and over, and the status with which
 * all of them are to be answered.
 */
type RawLoad = { readonly url: string; readonly requests: readonly Buffer[]; readonly status: number };

/** A request of HTTP/1.1. */
export type RawRequest = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Enough that a server always has one to answer, and few enough that none waits for long. */
const connections = 16;

/**
 * Starts a client of HTTP/1.1 in a process of its own: kept-alive connections, each with one request under way. It
 * writes bytes that were made before and reads no more of answers than their heads: a usual client takes longer than
 * the servers that are measured, and would leave them idle.
 */
export async function startRawClient(url: string, requests: readonly RawRequest[], status = 200): Promise<Client> {
  const { host } = new URL(url);
  const setup: RawLoad = { url, requests: requests.map((request) => toBytes(request, host)), status };
  const { ask, end } = await startChild(import.meta.filename, setup);
  return { send: (count) => ask(count), end };
}

function toBytes({ path, headers, body }: RawRequest, host: string): Buffer {
  const lines = Object.entries({ host, ...headers, "content-length": `${Buffer.byteLength(body)}` });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`);
}

// Started as a process, it is the client.
if (import.meta.main) {
  serveParent<RawLoad>(({ url, requests, status }) => {
    const { hostname, port } = new URL(url);
    // All that is read is looked at before the next is read.
    const buffer = Buffer.alloc(256 * 1024);
    let next = 0;
    let left = 0;
    let done: { resolve: () => void; reject: (error: Error) => void } | undefined;
    let waiting = 0;
    let sockets = Array.from({ length: connections }, open);

    return {
      ready: undefined,
      async answer(count: unknown) {
        // A server may close what was idle for long.
        sockets = sockets.map((socket) => (socket.destroyed ? open() : socket));
        const before = bytesRead();
        left = count as number;
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        done = { resolve, reject };
        waiting = connections;
        for (const socket of sockets) sendNext(socket);
        await promise;
        return bytesRead() - before;
      },
      close: () => sockets.forEach((socket) => void socket.destroy()),
    };

    function open(): Socket {
      const read = createAnswerReader(false);
      const take = (length: number) => {
        const answer = read(buffer, length);
        if (answer === undefined) return true;
        if (answer.status === status && !answer.closes) sendNext(socket);
        else done?.reject(new Error(`a request was answered with ${answer.status} ${answer.problem ?? ""}`));
        return true;
      };
      const onread = { buffer, callback: take };
      const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
      socket.on("error", (error) => done?.reject(error));
      socket.on("close", () => done?.reject(new Error("the server closed a connection")));
      return socket;
    }

    function sendNext(socket: Socket): void {
      if (left === 0) {
        waiting -= 1;
        if (waiting === 0) done!.resolve();
        return;
      }
      left -= 1;
      socket.write(requests[next]!);
      next = (next + 1) % requests.length;
    }

    function bytesRead(): number {
      return sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
    }
  });
}
