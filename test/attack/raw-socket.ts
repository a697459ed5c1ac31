import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type HttpResponse, readResponses } from "./http-response.ts";

/** What came of a connection. */
export type Exchange = {
  readonly responses: readonly HttpResponse[];
  /** Whether the other side closed it. */
  readonly closed: boolean;
  /** Until the first response was there. */
  readonly latencyMs: number;
};

/** How long to wait, and for what. */
export type Patience = {
  /** That of the first request: the response to HEAD has no body. */
  readonly method: string;
  readonly waitMs: number;
  /** Once a response is there, how long nothing may follow for the exchange to be over. */
  readonly quietMs: number;
  /** Once so long nothing came, our side is ended, as by a client that has said all. */
  readonly endAfterMs?: number;
};

/** Sends bytes as they are over a connection of its own, and collects what comes back. */
export async function exchange(port: number, bytes: AsyncIterable<Buffer>, patience: Patience): Promise<Exchange> {
  const { method, waitMs, quietMs, endAfterMs } = patience;
  const startedAt = performance.now();
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  let closed = false;
  let latencyMs: number | undefined;
  const over = Promise.withResolvers<void>();
  const read = () => readResponses(Buffer.concat(chunks), method, closed).responses;

  const timers = [setTimeout(over.resolve, waitMs)];
  if (endAfterMs !== undefined) timers.push(setTimeout(() => chunks.length === 0 && socket.end(), endAfterMs));
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    try {
      if (latencyMs === undefined && read().length > 0) latencyMs = performance.now() - startedAt;
    } catch (error) {
      over.reject(error);
    }
    if (latencyMs === undefined) return;
    if (quietMs === 0) over.resolve();
    else timers.push(setTimeout(() => chunks.at(-1) === chunk && over.resolve(), quietMs));
  });
  // A connection that is reset while we still send is one that was closed.
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
    over.resolve();
  });
  const sent = send(socket, bytes);

  await over.promise;
  for (const timer of timers) clearTimeout(timer);
  const responses = read();
  socket.destroy();
  await sent;
  return { responses, closed, latencyMs: latencyMs ?? performance.now() - startedAt };
}

async function send(socket: Socket, bytes: AsyncIterable<Buffer>): Promise<void> {
  const gone = new Promise<void>((resolve) => socket.once("close", resolve));
  for await (const chunk of bytes) {
    if (socket.destroyed) return;
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => {}), gone]);
  }
}
