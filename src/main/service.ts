import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createContextValues, type ServiceImpl } from "@connectrpc/connect";
import type { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createAuthenticator } from "../auth/authenticator.ts";
import type { DevelopmentIssuer } from "../auth/development-issuer.ts";
import { createByteCache } from "../cache/byte-cache.ts";
import type { Config } from "../config/config.ts";
import { fault } from "../errors/fault.ts";
import type { Find } from "../http/dispatch.ts";
import { createListener } from "../http/listener.ts";
import type { Certificate } from "../http/servers.ts";
import { addressKey } from "../limit/address-key.ts";
import { createAdmission } from "../limit/admission.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
import { createRateLimiter, type RateRule } from "../limit/gcra.ts";
import { createHoldings } from "../limit/holdings.ts";
import { createRates } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import { createRenderer } from "../render/dashboard.ts";
import { callInfoKey } from "../rpc/call.ts";
import { createConnectionLookup } from "../rpc/connections.ts";
import { createConnectionsService } from "../rpc/connections-service.ts";
import { createDashboardsService } from "../rpc/dashboards-service.ts";
import { createDefinitions } from "../rpc/definitions.ts";
import { createGate } from "../rpc/gate.ts";
import { createOpenCounter } from "../rpc/open-counter.ts";
import { createBusyPage, createOpenShare, type OpenShare, type PageAnswer } from "../rpc/open-share.ts";
import { createPageTokens } from "../rpc/page-token.ts";
import { createDashboardRendering } from "../rpc/render.ts";
import { createSuspensionCheck, suspensionInterceptor } from "../rpc/suspension.ts";
import { createFieldCheck } from "../rpc/validate.ts";
import { createDuckdbPool } from "../source/duckdb/pool.ts";
import { openStore } from "../store/store.ts";
import { readPageFiles } from "./assets.ts";
import type { OpenCompanions } from "./companions.ts";
import { createConnectors } from "./connectors.ts";
import { databaseState } from "./database-state.ts";
import { createElapsed } from "./elapsed.ts";
import { openReplicas } from "./replicas.ts";
import { createRoutes } from "./routes.ts";
import { openSecretKeys } from "./secret-keys.ts";
import { openShareKeys } from "./share-keys.ts";
import { createSources } from "./sources.ts";
import { loadTenantRates } from "./tenant-rates.ts";
import { openTrust } from "./trust.ts";
import { warmUp } from "./warm-up.ts";

/** A service that listens. */
export type Service = {
  /** Scheme, host and port that it listens on. */
  readonly url: string;
  /** The implementations themselves, for what the operator does without a token. */
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly connections: ServiceImpl<typeof ConnectionsService>;
  /** Mints tokens in development; undefined where the operator has named an issuer. */
  readonly issuer: DevelopmentIssuer | undefined;
  /** Answers what is in flight, then ends everything that was started. */
  close(): Promise<void>;
};

/** Where the service tells what it does. */
export type ServiceVoice = { readonly log: Log; readonly progress?: (line: string) => void };

/** How long a render may take, its sources included. */
const renderTimeoutMs = 10_000;

/** How long calls in flight may go on once the service is told to end: a little more than they may take. */
const drainMs = renderTimeoutMs + 2_000;

/**
 * Whoever is refused hears of it a turn after it asked, and an answer that takes ten turns comes within half a second,
 * its wait included. A rush is what people make who open a page together.
 */
const admission = { maxInFlight: 2_000, turnMs: 8, rushMs: 200, standingMs: 60, calmMs: 2_000 };

/** Starts the service, and what runs beside it if there is any, and resolves when it is warm and listens. */
export async function startService(
  config: Config,
  { log, progress }: ServiceVoice,
  openCompanions: OpenCompanions = async () => ({ allowedHosts: [], close: async () => {} }),
): Promise<Service> {
  const now = Date.now;
  const elapsedMs = createElapsed({ monotonicMs: () => performance.now(), wallMs: now });
  const trust = await openTrust(config, now, log);
  const rateOf = createRates({
    methods: config.rate,
    links: perSecond(config.linksPerSecond),
    tenants: await loadTenantRates(config.limitsFile),
  });
  // What was opened is closed, the last first, when the start fails on the way.
  await using opened = new AsyncDisposableStack();
  const { shareKeys: keys, close: closeKeys } = await openShareKeys({
    file: config.shareKeysFile,
    strict: config.production,
    dataDir: config.dataDir,
    log,
  });
  opened.defer(closeKeys);
  const { secrets, close: closeSecrets } = await openSecretKeys({
    file: config.secretsKeysFile,
    strict: config.production,
    dataDir: config.dataDir,
    log,
  });
  opened.defer(closeSecrets);
  const replicas = openReplicas({ config, limiter: createRateLimiter({ now: elapsedMs }), secrets, now, log });
  opened.defer(replicas.close);
  const { limiter, news, shared } = replicas;
  const store = await openStore({
    url: config.databaseUrl,
    migrateUrl: config.databaseMigrateUrl,
    dataDir: config.dataDir,
    strict: config.production,
    auditMonths: config.auditRetentionMonths,
    log,
    ...(progress && { progress }),
  });
  opened.defer(store.close);
  const lookup = createConnectionLookup({ store, secrets, news, elapsedMs });

  const cache = createByteCache({ maxBytes: config.cacheMaxBytes, now });
  const duckdb = createDuckdbPool({
    filesDir: config.filesDir,
    maxChildren: 4,
    maxChildrenPerTenant: 2,
    idleMs: 300_000,
    graceMs: 1_000,
    log,
  });
  opened.defer(duckdb.close);
  const companions = await openCompanions({ server: store.server, duckdb });
  opened.defer(companions.close);
  const connectors = createConnectors([...config.allowedHosts, ...companions.allowedHosts]);
  const sources = createSources({ duckdb, connectors, findConnection: lookup.find, cache, shared, now, log });
  opened.defer(sources.close);

  const pageFiles = readPageFiles();
  let answers: Answers | undefined;
  let warm = false;
  const ending = new AbortController();
  const listener = createListener({
    find: (request) => answers?.find(request),
    share: (token, query, _, signal) => answers!.openShare(token, query, signal),
    busyPage: () => answers!.busyPage,
    admit: createAdmission({ ...admission, cpuMs, nextTurn: (callback) => listener.nextTurn(callback) }).enter,
    assets: pageFiles.assets,
    makeAsset: pageFiles.makeAsset,
    contextValues: (exchange) => createContextValues().set(callInfoKey, exchange),
    ready: async () => ({ ready: warm, database: await databaseState(store.ping), ...replicas.state() }),
    trustedProxies: config.trustedProxies,
    addressKey,
    ...(config.tls && { certificate: readCertificate(config.tls) }),
    log,
    now: () => performance.now(),
  });
  const counter = createOpenCounter({ store, now, log });
  opened.defer(counter.close);
  const port = await listener.listen(config.port, config.host).catch((cause) => {
    throw new Error(`HOST ${config.host} and PORT ${config.port} cannot be listened on: ${cause.code}`, { cause });
  });
  opened.defer(() => listener.close(drainMs));
  // Nothing can arrive before this turn ends, so that the answers are there for the first request. They
  // are made only now because links and assets carry the service's own address.
  const url = `${config.tls ? "https" : "http"}://${hostInUrl(config.host)}:${port}`;
  const origin = config.publicUrl ?? url;
  const assets = pageFiles.refs(origin);
  const renderer = createRenderer({ templates: pageFiles.templates, assets });
  const definitions = createDefinitions({ store, cache, news, elapsedMs });
  const refusal = () => fault("OVERLOADED", "too much is being rendered just now: try again", { retryAfterMs: 1000 });
  const own = {
    sources: sources.runner,
    renderer,
    cache,
    // Most of them wait for sources, which costs next to nothing; the sources have bounds of their own.
    bulkhead: createBulkhead({
      ...{ perKey: 64, total: 512, waitMs: 3_000, maxWaiting: 200 },
      // One tenant's waiting must leave room for others'.
      maxWaitingPerKey: 100,
      refusal,
    }),
    holdings: createHoldings({ perKey: 256 * 1024 * 1024, total: 512 * 1024 * 1024, refusal }),
    now,
  };
  const rendering = createDashboardRendering({ ...own, shared });
  const fieldCheck = createFieldCheck();
  const pageTokens = createPageTokens(keys);
  const dashboards = createDashboardsService({
    store,
    definitions,
    news,
    rendering,
    assets,
    fieldCheck,
    keys,
    pageTokens,
    origin,
    maxExpiresInS: config.shareMaxExpiresInS,
    now,
    random: randomBytes,
  });
  const connections = createConnectionsService({
    store,
    connections: lookup,
    secrets,
    pageTokens,
    testConnection: sources.testConnection,
    elapsedMs,
  });
  const isSuspended = createSuspensionCheck({ store, news, elapsedMs });
  const authenticate = createAuthenticator({ ...trust, now });
  answers = {
    find: createRoutes({
      dashboards,
      connections,
      gate: createGate({
        authenticate,
        isSuspended,
        limiter,
        rateOf,
        failedTokenRate: perSecond(config.failedTokensPerSecond),
        elapsedMs,
        log,
      }),
      lateGate: suspensionInterceptor(isSuspended, elapsedMs),
      fieldCheck,
      isServing: async () => warm,
      shutdownSignal: ending.signal,
      timeoutMs: renderTimeoutMs,
      log,
    }),
    openShare: createOpenShare({
      store,
      isSuspended,
      definitions,
      rendering,
      renderer,
      keys,
      limiter,
      rateOf,
      counter,
      news,
      elapsedMs,
      now,
      log,
    }),
    busyPage: createBusyPage(renderer),
  };
  // What another replica has drawn would warm nothing here.
  await Promise.all([warmUp(fieldCheck, createDashboardRendering(own)), replicas.begun()]);
  warm = true;

  const running = opened.move();
  return {
    url,
    dashboards,
    connections,
    issuer: trust.development,
    async close() {
      warm = false;
      ending.abort();
      await running.disposeAsync();
    },
  };
}

type Answers = { readonly find: Find; readonly openShare: OpenShare; readonly busyPage: PageAnswer };

function readCertificate({ certFile, keyFile }: NonNullable<Config["tls"]>): Certificate {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** So many a second, of which a whole second's worth may come at once. */
function perSecond(count: number): RateRule {
  return { perSecond: count, burst: count };
}

/** An IPv6 address stands in brackets (RFC 3986, section 3.2.2). */
function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
