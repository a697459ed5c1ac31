import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext, type SecureContext } from "node:tls";
import { buildConnector, Pool } from "undici";
import type { Address, OpenConnection, ResolveAddress } from "../connector.ts";
import { readHost } from "../host-name.ts";
import { SourceError } from "../source-error.ts";

/** Connections to web services, kept for the next read of the same tenant, connection and revision. */
export type HttpPools = {
  /** Returns the pool that is kept, or makes one, which need not be connected. Throws SourceError. */
  open(connection: OpenConnection<"http">): Promise<Pool>;
  /** Forgets a connection's pool, so that the next read starts from the name. What runs in it may end. */
  drop(connection: OpenConnection<"http">): void;
  /** Ends all, also what runs. */
  close(): Promise<void>;
};

/** How long a name's address is believed. No answer of DNS changes where a pool leads, and none is kept longer. */
const pinnedMs = 60_000;

/** Beyond it, the one that was made first is dropped: each may hold sockets. */
const maxPools = 256;

/** Connections at once of one pool; more requests wait. The runner lets fewer through. */
const maxSockets = 16;

/** How long a service may take to let us connect. */
const connectMs = 2_000;

/** Names and values together, as they come. */
const maxHeaderBytes = 16_384;

/** How long an idle connection is kept where the service says nothing: most close it after 5 s or later. */
const idleMs = 4_000;

/** The same where the service says for how long. */
const maxIdleMs = 30_000;

/** Creates the keeper of pools. */
export function createHttpPools(resolve: ResolveAddress): HttpPools {
  const kept = new Map<string, { readonly pool: Promise<Pool>; readonly timer: NodeJS.Timeout }>();

  return {
    open(connection) {
      const key = keyOf(connection);
      const known = kept.get(key);
      if (known !== undefined) return known.pool;
      const pool = createPool(connection, resolve);
      kept.set(key, { pool, timer: setTimeout(() => forget(key), pinnedMs).unref() });
      if (kept.size > maxPools) forget(kept.keys().next().value!);
      pool.catch(() => {
        if (kept.get(key)?.pool === pool) forget(key);
      });
      return pool;
    },
    drop: (connection) => forget(keyOf(connection)),
    async close() {
      const pools = [...kept.values()].map(({ pool }) => pool);
      for (const key of [...kept.keys()]) forget(key);
      await Promise.all(pools.map(async (pool) => (await settled(pool))?.destroy()));
    },
  };

  function forget(key: string): void {
    const entry = kept.get(key);
    if (entry === undefined) return;
    kept.delete(key);
    clearTimeout(entry.timer);
    // Requests that have begun go on.
    void settled(entry.pool).then((pool) => pool?.close().catch(() => undefined));
  }
}

/** Returns a connection's url. Throws `source_failed` for what is none that a saved connection has. */
export function readBaseUrl(text: string): URL {
  const url = URL.parse(text);
  const isBase = url !== null && /^https?:$/.test(url.protocol) && !/[\s\\?#@]/.test(text);
  if (!isBase) throw new SourceError("source_failed", "the url is none of a web service");
  return url;
}

function keyOf({ tenant, name, revision }: OpenConnection<"http">): string {
  return JSON.stringify([tenant, name, revision]);
}

/** Returns the pool; undefined where none came about, which whoever asked for it has been told. */
function settled(pool: Promise<Pool>): Promise<Pool | undefined> {
  return pool.catch(() => undefined);
}

async function createPool({ kind }: OpenConnection<"http">, resolve: ResolveAddress): Promise<Pool> {
  const url = readBaseUrl(kind.value.url);
  const secureContext = url.protocol === "https:" ? trust(kind.value.caCertificate) : undefined;
  const port = Number(url.port || (secureContext === undefined ? 80 : 443));
  const address = await resolve(url.hostname, port);
  return new Pool(url.origin, {
    connect: connectTo(address, readHost(url.hostname) ?? "", secureContext),
    connections: maxSockets,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: maxIdleMs,
    maxHeaderSize: maxHeaderBytes,
    // Each request has one deadline for all of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** Connects to that address, whatever a request says, and believes a certificate of that host only. */
function connectTo(address: Address, host: string, secureContext: SecureContext | undefined): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectMs,
    allowH2: false,
    ...("path" in address && { socketPath: address.path }),
    ...(secureContext !== undefined && {
      secureContext,
      // Said here so that no variable of the environment says otherwise.
      rejectUnauthorized: true,
      checkServerIdentity: (_: string, certificate) => checkServerIdentity(host, certificate),
    }),
  });
  const to = "path" in address ? {} : { hostname: address.host, port: String(address.port) };
  return (options, callback) => {
    const { servername: _, ...rest } = options;
    // A certificate is asked for by name only; RFC 6066 has no addresses there.
    connect({ ...rest, ...to, ...(secureContext && isIP(host) === 0 && { servername: host }) }, callback);
  };
}

/** A certificate must have a chain to an authority that is given, or to one of the usual ones where none is. */
function trust(caCertificate: string): SecureContext {
  return createSecureContext({ minVersion: "TLSv1.2", ...(caCertificate !== "" && { ca: caCertificate }) });
}
