import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { createMessageGuard } from "./message-guard.ts";

/** A server's socket as the driver has it: it is given only what its guard lets through, and only so much. */
export type GuardedSocket = {
  /** What postgres.js takes for a `Socket`. */
  readonly socket: Socket;
  /** Why it was destroyed, where what came was not let through; `overflow` where it was too much. */
  readonly refusal: () => { readonly problem: string } | "overflow" | undefined;
  /** Lets so many bytes come from now on. One more ends it. */
  readonly allow: (bytes: number) => void;
  /** Says that the driver asks one more thing, and how many rows may be answered. Nothing else may be. */
  readonly ask: (maxRows: number) => void;
  readonly destroy: () => void;
};

/** Takes a socket over, at the first byte of the protocol. */
export function guardSocket(inner: Socket): GuardedSocket {
  const guard = createMessageGuard(inner instanceof TLSSocket);
  const events = new EventEmitter();
  let refusal: ReturnType<GuardedSocket["refusal"]>;
  let left = 0;
  const refuse = (why: typeof refusal) => {
    refusal ??= why;
    inner.destroy();
  };
  inner.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (refusal !== undefined) return;
    if (left < 0) return refuse("overflow");
    const messages = guard.take(chunk);
    if (typeof messages === "string") refuse({ problem: messages });
    else if (messages.length > 0) withoutStacks(() => events.emit("data", messages));
  });
  // An emitter whose error nobody hears throws it.
  inner.on("error", (error) => events.listenerCount("error") > 0 && events.emit("error", error));
  inner.on("close", (hadError) => events.emit("close", hadError));
  inner.on("drain", () => events.emit("drain"));

  const socket = Object.assign(events, {
    write: (bytes: Buffer, written?: () => void) => inner.write(bytes, written),
    end: (bytes: Buffer) => inner.end(bytes),
    destroy: () => inner.destroy(),
    setKeepAlive: (on: boolean, afterMs: number) => inner.setKeepAlive(on, afterMs),
  });
  Object.defineProperty(socket, "readyState", { get: () => inner.readyState });
  return {
    socket: socket as unknown as Socket,
    refusal: () => refusal,
    allow: (bytes) => {
      left = bytes;
    },
    ask: guard.ask,
    destroy: () => void inner.destroy(),
  };
}

/** A server can have the driver throw for each of its messages, which takes ten times as long with a stack. */
function withoutStacks(work: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
