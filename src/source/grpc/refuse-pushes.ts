import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientHttp2Stream } from "node:http2";

/**
 * Ends every connection of HTTP/2 on which the other side pushes what nobody asked for, from now on until the
 * function that is returned is called. gRPC has no pushes, but grpc-js 1.14 allows them and hears none of their
 * errors, so that a service which breaks one off would end the process.
 */
export function refusePushes(): () => void {
  subscribe(channel, refuse);
  return () => void unsubscribe(channel, refuse);
}

/** @see https://nodejs.org/api/diagnostics_channel.html#http2 */
const channel = "http2.client.stream.created";

function refuse(message: unknown): void {
  const { stream } = message as { readonly stream: ClientHttp2Stream };
  // Streams that we begin have odd numbers, or none yet.
  if ((stream.id ?? 1) % 2 === 1) return;
  stream.on("error", () => {});
  // Later, because the session is still at work on what it got.
  process.nextTick(() => stream.session?.destroy());
}
