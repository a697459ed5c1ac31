import type { Socket } from "node:net";

/** What every HTTP/2 connection begins with (RFC 9113, 3.4). */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/**
 * Tells by its first bytes whether a connection is HTTP/2, and hands it on as if nothing had been read.
 * One that ends, or leaves it open for `timeoutMs`, is destroyed.
 */
export function sniffHttp2(socket: Socket, timeoutMs: number, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const giveUp = () => socket.destroy();
  const timer = setTimeout(giveUp, timeoutMs);
  const onData = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, preface.length);
    const alike = seen.subarray(0, length).equals(preface.subarray(0, length));
    if (alike && length < preface.length) return;
    clearTimeout(timer);
    socket.off("data", onData).off("end", giveUp).off("error", giveUp);
    socket.pause();
    socket.unshift(seen);
    decide(alike);
  };
  socket.on("data", onData).once("end", giveUp).once("error", giveUp);
  socket.once("close", () => clearTimeout(timer));
}
