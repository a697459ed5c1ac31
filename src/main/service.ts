import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createAuthenticator } from "../auth/authenticator.ts";
import type { DevelopmentIssuer } from "../auth/development-issuer.ts";
import type { Config } from "../config/config.ts";
import { createRates, perSecond } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import { createOpenCounter } from "../rpc/open-counter.ts";
import { type Answers, createAnswers } from "./answers.ts";
import { readPageFiles } from "./assets.ts";
import type { OpenCompanions } from "./companions.ts";
import { databaseState } from "./database-state.ts";
import { openDependencies } from "./dependencies.ts";
import { createElapsed } from "./elapsed.ts";
import { createFront } from "./front.ts";
import { loadTenantRates } from "./tenant-rates.ts";
import { openTrust } from "./trust.ts";

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
  const dependencies = opened.use(await openDependencies(config, { now, elapsedMs, openCompanions, log, progress }));
  const { store, replicas } = dependencies;

  const pageFiles = readPageFiles();
  let answers: Answers | undefined;
  let [warm, isEnding] = [false, false];
  const ending = new AbortController();
  const listener = createFront({
    config,
    answers: () => answers!,
    isWarm: () => warm,
    ready: async () => ({ ready: warm && !isEnding, database: await databaseState(store.ping), ...replicas.state() }),
    pageFiles,
    log,
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
  answers = createAnswers({
    ...{ config, dependencies, pageFiles, timeoutMs: renderTimeoutMs, now, elapsedMs },
    authenticate: createAuthenticator({ ...trust, now }),
    rateOf,
    counter,
    origin: config.publicUrl ?? url,
    isServing: async () => warm && !isEnding,
    shutdownSignal: ending.signal,
    log,
  });
  const { dashboards, connections } = answers;
  await Promise.all([answers.warmUp(), replicas.begun()]);
  warm = true;

  const running = opened.move();
  return {
    url,
    dashboards,
    connections,
    issuer: trust.development,
    async close() {
      isEnding = true;
      ending.abort();
      await running.disposeAsync();
    },
  };
}

/** An IPv6 address stands in brackets (RFC 3986, section 3.2.2). */
function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
