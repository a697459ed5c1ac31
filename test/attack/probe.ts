/**
 * Loaded into the service's process ahead of it (`node --import`), where alone some things can be seen.
 * It answers each message over IPC with what it saw, and changes nothing that the service does.
 */
import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";

/** What a look into the process shows. */
export type Sight = {
  /** Names that an attack may have put on the prototype of all objects. */
  readonly polluted: readonly string[];
  /** Calls of the Brotli decoder. */
  readonly brotliDecodes: number;
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

process.on("message", () => {
  const polluted = ["polluted", "tenant", "x", "region"].filter((name) => name in {});
  process.send?.({ polluted: [...polluted, ...Object.keys(Object.prototype)], brotliDecodes } satisfies Sight);
});
// It must not keep the process up, nor is it any business of the service's own children.
process.channel?.unref();
