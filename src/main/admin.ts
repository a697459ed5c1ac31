import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "../config/config.ts";
import { fault } from "../errors/fault.ts";
import { type Answer, commonHeaders, errorToAnswer, nothingHere, onlyMethods } from "../http/answer.ts";
import { healthAnswer, type Readiness, readinessAnswer } from "../http/probes.ts";
import type { Log } from "../log/log.ts";
import type { Scrape } from "../metrics/scrape.ts";
import { hostInUrl } from "./host-in-url.ts";

/** The port for whoever runs the service: what Prometheus scrapes, and the probes. */
export type Admin = {
  readonly url: string;
  close(): Promise<void>;
};

/** What the port answers with. */
export type AdminOptions = {
  /** Undefined while the service starts. */
  readonly scrape: () => Scrape | undefined;
  readonly ready: () => Promise<Readiness>;
  readonly isDraining: () => boolean;
  readonly log: Log;
};

/**
 * Few may ask, for who can reach the port is trusted with it, and scrapes come every few seconds. Whoever connects and
 * says nothing is in a scrape's way for no longer than the time that a head may take.
 */
const limits = {
  maxConnections: 64,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
};

/**
 * Opens the port, which lets in whoever reaches it, and answers with nothing that is a tenant's. It is apart from the
 * service's own, so that no proxy that leads there leads here. Throws an Error that names the variables.
 */
export async function openAdmin({ host, port }: NonNullable<Config["admin"]>, options: AdminOptions): Promise<Admin> {
  const server = createServer({ ...limits, maxHeaderSize: 16_384 }, ({ method = "", url = "" }, response) => {
    answer(method, url.split("?", 1)[0]!, options)
      .catch((error: unknown) => {
        options.log.error({ error }, "a scrape failed");
        return errorToAnswer(error);
      })
      .then((found) => send(response, method, found));
  });
  server.maxConnections = limits.maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((cause) => {
    throw new Error(`ADMIN_HOST ${host} and ADMIN_PORT ${port} cannot be listened on: ${cause.code}`, { cause });
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${hostInUrl(host)}:${bound}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(method: string, path: string, { scrape, ready, isDraining }: AdminOptions): Promise<Answer> {
  if (!["/metrics", "/healthz", "/readyz"].includes(path)) return nothingHere();
  if (method !== "GET" && method !== "HEAD") return onlyMethods(["GET", "HEAD"]);
  if (path === "/healthz") return healthAnswer();
  if (path === "/readyz") return readinessAnswer(await ready(), isDraining());
  const metrics = scrape();
  if (metrics === undefined) {
    return errorToAnswer(fault("DEPENDENCY_DOWN", "the service is starting", { retryAfterMs: 1_000 }));
  }
  return { status: 200, headers: { "content-type": metrics.contentType }, body: await metrics.text() };
}

function send(response: ServerResponse, method: string, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, { ...commonHeaders, ...headers, "content-length": `${bytes.byteLength}` });
  response.end(method === "HEAD" ? undefined : bytes);
}
