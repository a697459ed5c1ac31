import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Limits } from "./limits.ts";

/** How long a connection may take to close once it was told to: its peer may have vanished. */
const lingerMs = 1_000;

/**
 * Ends what takes too long on an HTTP/2 connection: requests that do not arrive, and the connection itself
 * where nothing moves. Streams on which nothing waits to be sent may be quiet for as long as they like,
 * such as those that watch the service's health, while the other side answers a ping.
 */
export function watchSession(session: ServerHttp2Session, limits: Limits): void {
  const streams = new Set<ServerHttp2Stream>();
  session.on("stream", (stream) => {
    streams.add(stream);
    stream.once("close", () => streams.delete(stream));
    if (stream.endAfterHeaders) return;
    const timer = setTimeout(() => stream.destroy(), limits.requestTimeoutMs);
    stream.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
  });

  session.setTimeout(limits.idleTimeoutMs);
  session.on("timeout", () => {
    const isStuck = [...streams].some(({ writableLength }) => writableLength > 0);
    if (isStuck) session.destroy();
    else if (streams.size === 0) close();
    else ping();
  });

  function close(): void {
    session.close();
    setTimeout(() => session.destroy(), lingerMs).unref();
  }

  function ping(): void {
    const timer = setTimeout(() => session.destroy(), limits.headersTimeoutMs);
    const stop = () => clearTimeout(timer);
    session.once("close", stop);
    session.ping(() => {
      stop();
      session.off("close", stop);
      if (!session.destroyed) session.setTimeout(limits.idleTimeoutMs);
    });
  }
}
