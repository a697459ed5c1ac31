import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectionsService } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { createAuthenticator } from "../auth/authenticator.ts";
import type { DevelopmentIssuer } from "../auth/development-issuer.ts";
import type { Config } from "../config/config.ts";
import { createRates, perSecond } from "../limit/rates.ts";
import type { Log } from "../log/log.ts";
import { createOpenCounter } from "../rpc/open-counter.ts";
import type { Tracing } from "../tracing/open-tracing.ts";
import { type Answers, createAnswers } from "./answers.ts";
import { readPageFiles } from "./assets.ts";
import type { OpenCompanions } from "./companions.ts";
import { databaseState } from "./database-state.ts";
import { openDependencies } from "./dependencies.ts";
import { createElapsed } from "./elapsed.ts";
import { createFront } from "./front.ts";
import { hostInUrl } from "./host-in-url.ts";
import { openOperations } from "./operations.ts";
import { withPreview } from "./preview.ts";
import { loadTenantRates } from "./tenant-rates.ts";
import { openTrust } from "./trust.ts";
import { createWitness } from "./witness.ts";

/** A service that listens. */
export type Service = {
  /** Scheme, host and port that it listens on. */
  readonly url: string;
  /** The same of the port for whoever runs it; undefined where there is none. */
  readonly adminUrl: string | undefined;
  /** The implementations themselves, for what the operator does without a token. */
  readonly dashboards: ServiceImpl<typeof DashboardsService>;
  readonly connections: ServiceImpl<typeof ConnectionsService>;
  /** Mints tokens in development; undefined where the operator has named an issuer. */
  readonly issuer: DevelopmentIssuer | undefined;
  /** Answers what is in flight, then ends everything that was started. */
  close(): Promise<void>;
};

/** Where the service tells what it does. */
export type ServiceVoice = {
  readonly log: Log;
  readonly progress?: (line: string) => void;
  /** No traces without. */
  readonly tracing?: Tracing | undefined;
};

/** How long a render may take, its sources included. */
const renderTimeoutMs = 10_000;

/** How long calls in flight may go on once the service is told to end: a little more than they may take. */
const drainMs = renderTimeoutMs + 2_000;

/** Starts the service, and what runs beside it if there is any, and resolves when it is warm and listens. */
export async function startService(
  config: Config,
  { log, progress, tracing }: ServiceVoice,
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
  let [warm, isEnding] = [false, false];
  const operations = opened.use(await openOperations(config.admin, { isDraining: () => isEnding, log }));
  const witness = createWitness(operations.tallies, tracing);
  const dependencies = opened.use(
    await openDependencies(config, { now, elapsedMs, openCompanions, witness, log, progress }),
  );
  const { store, replicas, cache, duckdb } = dependencies;

  const pageFiles = readPageFiles();
  let answers: Answers | undefined;
  const ending = new AbortController();
  const state = async () => {
    const issuer = trust.issuerState();
    const database = await databaseState(store.ping);
    return { ready: warm && !isEnding, database, ...replicas.state(), ...(issuer !== undefined && { issuer }) };
  };
  const listener = createFront({
    config,
    answers: () => answers!,
    isWarm: () => warm,
    ready: state,
    pageFiles,
    witness,
    log,
  });
  const counter = createOpenCounter({ store, now, onOpened: witness.onLinkOpened, log });
  opened.defer(counter.close);
  const port = await listener.listen(config.port, config.host).catch((cause) => {
    throw new Error(`HOST ${config.host} and PORT ${config.port} cannot be listened on: ${cause.code}`, { cause });
  });
  opened.defer(() => listener.close(drainMs));
  // Nothing can arrive before this turn ends, so that the answers are there for the first request. They
  // are made only now because links and assets carry the service's own address.
  const url = `${config.tls ? "https" : "http"}://${hostInUrl(config.host)}:${port}`;
  const origin = config.publicUrl ?? url;
  answers = createAnswers({
    ...{ config, dependencies, pageFiles, timeoutMs: renderTimeoutMs, now, elapsedMs },
    authenticate: createAuthenticator({ ...trust, now }),
    rateOf,
    counter,
    origin,
    isServing: async () => warm && !isEnding,
    shutdownSignal: ending.signal,
    witness,
    log,
  });
  if (trust.development !== undefined) answers = withPreview(answers, { issuer: trust.development, pageFiles, origin });
  const { dashboards, connections, renders } = answers;
  const loads = { admission: listener.load, renders, cache, database: store.load, duckdb: duckdb.load };
  await Promise.all([answers.warmUp(), replicas.begun(), operations.show({ loads, state })]);
  warm = true;

  const running = opened.move();
  return {
    url,
    adminUrl: operations.url,
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
