/**
 * Loaded into the service's process ahead of it (`node --import`), where alone some things can be seen.
 * It answers each message over IPC with what it saw, and changes nothing that the service does.
 */
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import zlib from "node:zlib";

/** What a look into the process shows. */
export type Sight = {
  /** Names that an attack may have put on the prototype of all objects. */
  readonly polluted: readonly string[];
  /** Calls of the Brotli decoder. */
  readonly brotliDecodes: number;
  /** Every address and port to which it has tried to connect, in order, as `10.0.0.1:80`. */
  readonly attempts: readonly string[];
};

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

process.on("message", (look: number) => {
  const polluted = ["polluted", "tenant", "x", "region"].filter((name) => name in {});
  const sight: Sight = { polluted: [...polluted, ...Object.keys(Object.prototype)], brotliDecodes, attempts };
  process.send?.({ look, sight });
});
// It must not keep the process up, nor is it any business of the service's own children.
process.channel?.unref();
