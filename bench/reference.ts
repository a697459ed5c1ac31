import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { defaultLimits } from "../src/http/limits.ts";
import { type Child, type Opened, startChild } from "./child.ts";

/** A server that ours is held against, in a process of its own. */
export type Reference = Child & { readonly url: string };

/**
 * Starts a module, by its URL, that calls `serveParent` and is ready with the port that it listens on. It answers with
 * one of the answers after another, and then from the first again.
 */
export async function startReference(module: string, answers: readonly unknown[]): Promise<Reference> {
  const child = await startChild<number>(fileURLToPath(module), answers);
  return { ...child, url: `http://127.0.0.1:${child.ready}` };
}

/** Listens, as the process that was started, on a free port of the loopback. */
export async function serveHttp(handler: RequestListener): Promise<Opened> {
  const server = createServer(handler);
  // Its connections stay open while it is not its turn, and it says so, as ours does.
  server.keepAliveTimeout = defaultLimits.keepAliveTimeoutMs;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ready: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
