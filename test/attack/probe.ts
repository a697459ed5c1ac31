/**
 * Loaded into the service's process ahead of it (`node --import`), where alone some things can be seen.
 * It answers each message over IPC with what it saw, and changes nothing that the service does but its clock, when
 * it is told to.
 */
import { subscribe } from "node:diagnostics_channel";
import type { ServerResponse } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import zlib from "node:zlib";
import { moveClock } from "./moved-clock.ts";

/** What a look into the process shows. */
export type Sight = {
  /** Names that an attack may have put on the prototype of all objects. */
  readonly polluted: readonly string[];
  /** Calls of the Brotli decoder. */
  readonly brotliDecodes: number;
  /** Every address and port to which it has tried to connect, in order, as `10.0.0.1:80`. */
  readonly attempts: readonly string[];
  /** Requests of HTTP/1.1 that have no answer yet. */
  readonly unanswered: number;
  /** The longest that the event loop was held up since the last look. */
  readonly loopLagMs: number;
};

/** What it is asked: to look, and where it says so, to move the clock before that. */
export type Question = { readonly look: number; readonly clockMs?: number };

let brotliDecodes = 0;

for (const name of ["createBrotliDecompress", "brotliDecompress", "brotliDecompressSync"] as const) {
  const original = zlib[name] as (...args: unknown[]) => unknown;
  const counted = (...args: unknown[]) => {
    brotliDecodes += 1;
    return original(...args);
  };
  Object.defineProperty(zlib, name, { value: counted });
}
syncBuiltinESMExports();

const attempts: string[] = [];
const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
Object.defineProperty(Socket.prototype, "connect", {
  value(this: Socket, ...args: unknown[]) {
    this.on("connectionAttempt", (address: string, port: number | undefined) => {
      // A socket of the file system has no port, and leads nowhere else.
      if (port !== undefined) attempts.push(`${address}:${port}`);
    });
    return connect.apply(this, args);
  },
});

let unanswered = 0;
subscribe("http.server.request.start", (message) => {
  unanswered += 1;
  (message as { response: ServerResponse }).response.once("close", () => {
    unanswered -= 1;
  });
});

const everyMs = 10;
let longestTurnMs = 0;
let turnSinceMs = cpuMs();
setInterval(() => {
  const nowMs = cpuMs();
  longestTurnMs = Math.max(longestTurnMs, nowMs - turnSinceMs - everyMs);
  turnSinceMs = nowMs;
}, everyMs).unref();

/** By this thread's own time: on a machine that has other things to do, every turn would seem long. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

process.on("message", ({ look, clockMs }: Question) => {
  if (clockMs !== undefined) moveClock(clockMs);
  const polluted = ["polluted", "tenant", "x", "region"].filter((name) => name in {});
  const sight: Sight = {
    polluted: [...polluted, ...Object.keys(Object.prototype)],
    brotliDecodes,
    attempts,
    unanswered,
    loopLagMs: longestTurnMs,
  };
  longestTurnMs = 0;
  process.send?.({ look, sight });
});
// It must not keep the process up, nor is it any business of the service's own children.
process.channel?.unref();
