import { LRUCache } from "lru-cache";
import { buildConnector, Pool } from "undici";
import { type Address, connectMs, type OpenConnection, type ResolveAddress } from "../connector.ts";
import { readHost } from "../host-name.ts";
import { SourceError } from "../source-error.ts";
import { verifiedTls } from "../verified-tls.ts";

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

/** Beyond it, the one that was used least recently is dropped: each may hold sockets. */
const maxPools = 256;

/** Connections at once of one pool; more requests wait. The runner lets fewer through. */
const maxSockets = 16;

/** Names and values together, as they come. */
const maxHeaderBytes = 16_384;

/** How long an idle connection is kept where the service says nothing: most close it after 5 s or later. */
const idleMs = 4_000;

/** The same where the service says for how long. */
const maxIdleMs = 30_000;

/** Creates the keeper of pools. */
export function createHttpPools(resolve: ResolveAddress): HttpPools {
  const kept = new LRUCache<string, Promise<Pool>>({
    max: maxPools,
    ttl: pinnedMs,
    ttlAutopurge: true,
    // Requests that have begun go on.
    dispose: (pool) => void settled(pool).then((each) => each?.close().catch(() => undefined)),
  });

  return {
    open(connection) {
      const key = keyOf(connection);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const pool = createPool(connection, resolve);
      kept.set(key, pool);
      pool.catch(() => kept.peek(key) === pool && kept.delete(key));
      return pool;
    },
    drop: (connection) => void kept.delete(keyOf(connection)),
    async close() {
      const pools = [...kept.values()];
      kept.clear();
      await Promise.all(pools.map(async (pool) => (await settled(pool))?.destroy()));
    },
  };
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
  const { caCertificate } = kind.value;
  const host = readHost(url.hostname) ?? "";
  const tls = url.protocol === "https:" ? verifiedTls({ host, caCertificate }) : undefined;
  const port = Number(url.port || (tls === undefined ? 80 : 443));
  const address = await resolve(url.hostname, port);
  return new Pool(url.origin, {
    connect: connectTo(address, tls),
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

/** Connects to that address, whatever a request says. */
function connectTo(address: Address, tls: ReturnType<typeof verifiedTls> | undefined): buildConnector.connector {
  const connect = buildConnector({
    timeout: connectMs,
    allowH2: false,
    ...("path" in address && { socketPath: address.path }),
    ...tls,
  });
  const to = "path" in address ? {} : { hostname: address.host, port: String(address.port) };
  return (options, callback) => {
    // The connection's own host is asked for, if it has a name.
    const { servername: _, ...rest } = options;
    connect({ ...rest, ...to }, callback);
  };
}
