import { connect, type Socket } from "node:net";
import { readResponses } from "./http-response.ts";
import type { Exchange } from "./raw-socket.ts";
import { requestBytes, type Send } from "./send.ts";

/** A client that keeps its connection from one request to the next, and opens another where it was closed. */
export type KeptConnection = { readonly send: Send; end(): void };

/** A response that takes longer counts as none. */
const responseMs = 15_000;

/** Creates one. Requests must be sent in turn. */
export function createKeptConnection(): KeptConnection {
  let kept: Socket | undefined;
  const open = (port: number) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket
      .on("error", () => {})
      .once("close", () => {
        if (kept === socket) kept = undefined;
      });
    kept = socket;
    return socket;
  };
  return {
    async send(port, request, fill) {
      const bytes = Buffer.concat(await Array.fromAsync(requestBytes(port, request, fill)));
      return ask(kept ?? open(port), bytes, request.method);
    },
    end: () => kept?.destroy(),
  };
}

async function ask(socket: Socket, bytes: Buffer, method: string): Promise<Exchange> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const chunks: Buffer[] = [];
  const look = (closed: boolean) => {
    try {
      const { responses } = readResponses(Buffer.concat(chunks), method, closed);
      if (responses.length > 0 || closed) resolve({ responses, closed, latencyMs: performance.now() - startedAt });
    } catch (error) {
      reject(error);
    }
  };
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    look(false);
  };
  const closed = () => look(true);
  const timer = setTimeout(() => socket.destroy(), responseMs);
  socket.on("data", take).once("close", closed);
  socket.write(bytes);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off("data", take).off("close", closed);
  }
}
